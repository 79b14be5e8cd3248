//@ E0277 | `Failure` doesn't implement `Debug` | debug
use reattempt::{Policy, any_error};

struct Failure;

fn call(policy: &Policy) -> Result<u32, Failure> {
    policy.retry(|| Err(Failure)).on(any_error).debug().call()
}

fn main() {
    let _ = call;
}
