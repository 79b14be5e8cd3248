//@ E0277 | the sources of `Failure` cannot be shown | sources
use reattempt::{Policy, any_error};

struct Failure;

fn call(policy: &Policy) -> Result<u32, Failure> {
    policy.retry(|| Err(Failure)).on(any_error).sources().call()
}

fn main() {
    let _ = call;
}
