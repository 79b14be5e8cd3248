//@ E0308 | expected `Option<u32>`, found `Retry<'_, BeginsWithCall< | policy.retry(|| None).on(any_error)
use reattempt::{Policy, any_error};

fn call(policy: &Policy) -> Option<u32> {
    policy.retry(|| None).on(any_error)
}

fn main() {
    let _ = call;
}
