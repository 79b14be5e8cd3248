//@ E0308 | mismatched types | 0
use reattempt::{Policy, any_error};

fn call(policy: &Policy) -> Option<u32> {
    policy.retry(|| None).on(any_error).recover(|_| 0).call()
}

fn main() {
    let _ = call;
}
