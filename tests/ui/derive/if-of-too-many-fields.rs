//@ E0593 | function is expected to take 1 argument, but it takes 2 arguments | is_server_side
use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    #[transient(if = is_server_side)]
    Status(u16),
}

fn is_server_side(status: &u16, body: &str) -> bool {
    *status >= 500 && body.is_empty()
}

fn main() {}
