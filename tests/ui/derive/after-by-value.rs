//@ E0277 | this function takes `u64`, but it gets `&u64` | in_seconds
use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    #[transient(after = in_seconds)]
    Busy(u64),
}

fn in_seconds(seconds: u64) -> std::time::Duration {
    std::time::Duration::from_secs(seconds)
}

fn main() {}
