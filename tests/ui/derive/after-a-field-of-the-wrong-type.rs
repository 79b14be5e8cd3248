//@ E0277 | `after` and `delay` take a `Duration` or an `Option<Duration>`, not `u64` | u64
use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    #[transient(after = seconds)]
    Busy { seconds: u64 },
}

fn main() {}
