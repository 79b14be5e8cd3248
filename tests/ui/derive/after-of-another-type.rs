//@ E0308 | mismatched types | in_seconds
use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    #[transient(after = in_seconds)]
    Busy(u64),
}

fn in_seconds(seconds: &u32) -> std::time::Duration {
    std::time::Duration::from_secs(u64::from(*seconds))
}

fn main() {}
