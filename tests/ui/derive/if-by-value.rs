//@ E0277 | this function takes `u16`, but it gets `&u16` | is_server_side
use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    #[transient(if = is_server_side)]
    Status(u16),
}

fn is_server_side(status: u16) -> bool {
    status >= 500
}

fn main() {}
