//@ E0631 | type mismatch in function arguments | zero
//@ E0631 | type mismatch in function arguments | policy.retry(|| None).on(any_error).recover(zero).call()
use reattempt::{Policy, any_error};

fn zero(_: String) -> Option<u32> {
    Some(0)
}

fn call(policy: &Policy) -> Option<u32> {
    policy.retry(|| None).on(any_error).recover(zero).call()
}

fn main() {
    let _ = call;
}
