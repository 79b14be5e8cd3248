//@ E0631 | type mismatch in function arguments | log
//@ E0631 | type mismatch in function arguments | call
use reattempt::{Policy, any_error};

fn log(_: &str) {}

fn call(policy: &Policy) -> Option<u32> {
    policy.retry(|| None).on(any_error).notify(log).call()
}

fn main() {
    let _ = call;
}
