//@ E0631 | type mismatch in closure arguments | |
use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    #[transient(if = |status: u16| status >= 500)]
    Status(u16),
}

fn main() {}
