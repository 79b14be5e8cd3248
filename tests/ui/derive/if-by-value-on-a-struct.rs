//@ E0277 | this function takes `u16`, but it gets `&ApiError` | is_server_side
use reattempt::Transient;

#[derive(Transient)]
#[transient(if = is_server_side)]
struct ApiError {
    status: u16,
}

fn is_server_side(status: u16) -> bool {
    status >= 500
}

fn main() {}
