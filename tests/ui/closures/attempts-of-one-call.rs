//@ E0277 | this is a setting of the policy, and a call cannot change it | 3
use reattempt::{Policy, any_error};

fn call(policy: &Policy) -> Option<u32> {
    policy.retry(|| None).on(any_error).max(3).call()
}

fn main() {
    let _ = call;
}
