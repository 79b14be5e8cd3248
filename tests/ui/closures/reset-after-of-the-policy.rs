//@ E0277 | this is a setting of the policy, and a call cannot change it | Duration::from_secs(600)
use reattempt::{Policy, any_error};
use std::time::Duration;

fn call(policy: &Policy) -> Option<u32> {
    policy.retry(|| Some(1)).reset_after(Duration::from_secs(600)).on(any_error).call()
}

fn main() {
    let _ = call;
}
