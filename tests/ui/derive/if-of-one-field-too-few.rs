//@ E0593 | function is expected to take 2 arguments, but it takes 1 argument | is_server_side
use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    #[transient(if = is_server_side)]
    Status(u16, String),
}

fn is_server_side(status: &u16) -> bool {
    *status >= 500
}

fn main() {}
