//@ E0271 | expected `log` to return `()`, but it returns `bool` | log
//@ E0271 | expected `log` to return `()`, but it returns `bool` | call
use reattempt::{NoneError, Policy, Retrying, any_error};

fn log(_: &Retrying<'_, NoneError>) -> bool {
    true
}

fn call(policy: &Policy) -> Option<u32> {
    policy.retry(|| None).on(any_error).notify(log).call()
}

fn main() {
    let _ = call;
}
