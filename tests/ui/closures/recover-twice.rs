//@ E0277 | this call has a `recover` already | recover
use reattempt::{Policy, any_error};

fn call(policy: &Policy) -> Option<u32> {
    policy.retry(|| None).on(any_error).recover(|_| Some(0)).recover(|_| Some(1)).call()
}

fn main() {
    let _ = call;
}
