//@ E0277 | `recover` takes a function from `RetryError<NoneError>` to `Option<_>`, not `fn(String) -> Option<u32> {zero}` | zero
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
