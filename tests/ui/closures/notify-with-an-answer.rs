//@ E0277 | `notify` takes a function from `&Retrying<'_, NoneError>` to nothing, not `for<'a, 'b> fn(&'a Retrying<'b, NoneError>) -> bool {log}` | log
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
