//@ E0277 | a classifier returns `bool` or `Verdict`, not `u16` | code
use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    #[transient(if = code)]
    Status(u16),
}

fn code(status: &u16) -> u16 {
    *status
}

fn main() {}
