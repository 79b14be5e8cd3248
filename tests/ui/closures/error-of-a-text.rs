//@ E0277 | `String` is no `std::error::Error`, so its `RetryError` would have no source | policy.retry(|| Err::<u32, _>("busy".to_owned())).on(any_error)
use reattempt::{Policy, any_error};

fn text(policy: &Policy) {
    let _ = policy.retry(|| Err::<u32, _>("busy".to_owned())).on(any_error).error().call();
}

fn main() {
    let _ = text;
}
