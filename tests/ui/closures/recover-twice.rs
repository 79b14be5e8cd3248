//@ E0277 | this call recovers already: `recover` comes once, and after `error` and `history` | recover
//@ E0277 | this call recovers already: `recover` comes once, and after `error` and `history` | policy.retry(|| None).on(any_error).recover(|_| Some(0)).recover(|_| Some(1)).call()
use reattempt::{Policy, any_error};

fn call(policy: &Policy) -> Option<u32> {
    policy.retry(|| None).on(any_error).recover(|_| Some(0)).recover(|_| Some(1)).call()
}

fn main() {
    let _ = call;
}
