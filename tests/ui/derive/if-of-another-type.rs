//@ E0308 | mismatched types | is_server_side
use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    #[transient(if = is_server_side)]
    Status(u16),
}

fn is_server_side(status: &str) -> bool {
    status.starts_with('5')
}

fn main() {}
