//@ E0277 | `notify` takes a function from `&Retrying<'_, NoneError>` to nothing, not `for<'a> fn(&'a str) {log}` | log
use reattempt::{Policy, any_error};

fn log(_: &str) {}

fn call(policy: &Policy) -> Option<u32> {
    policy.retry(|| None).on(any_error).notify(log).call()
}

fn main() {
    let _ = call;
}
