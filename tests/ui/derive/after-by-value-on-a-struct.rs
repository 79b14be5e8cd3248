//@ E0277 | this function takes `u64`, but it gets `&ApiError` | in_seconds
use reattempt::Transient;

#[derive(Transient)]
#[transient(after = in_seconds)]
struct ApiError {
    seconds: u64,
}

fn in_seconds(seconds: u64) -> std::time::Duration {
    std::time::Duration::from_secs(seconds)
}

fn main() {}
