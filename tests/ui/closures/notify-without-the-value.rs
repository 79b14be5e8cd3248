//@ E0631 | type mismatch in function arguments | log
//@ E0631 | type mismatch in function arguments | call
use reattempt::{NoneError, Policy, Retrying, any_error};

fn log(_: &Retrying<'_, NoneError>) {}

fn call(policy: &Policy) -> Option<u32> {
    policy.retry(|| Some(5)).on(any_error).on_value(|reading| *reading == 0).notify(log).call()
}

fn main() {
    let _ = call;
}
