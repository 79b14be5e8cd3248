//@ E0277 | an attempt that blocks cannot be stopped, so this call takes no `timeout` | Duration::from_secs(1)
use reattempt::{Policy, any_error};
use std::time::Duration;

fn call(policy: &Policy) -> Option<u32> {
    policy.retry(|| None).on(any_error).timeout(Duration::from_secs(1)).call()
}

fn main() {
    let _ = call;
}
