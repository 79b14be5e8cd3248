//@ E0277 | `Failure` has no words to show: it does not implement `Debug` | debug
use reattempt::{Policy, any_error};

struct Failure;

fn call(policy: &Policy) -> Result<u32, Failure> {
    policy.retry(|| Err(Failure)).on(any_error).debug().call()
}

fn main() {
    let _ = call;
}
