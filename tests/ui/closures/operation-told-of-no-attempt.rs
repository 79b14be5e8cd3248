//@ E0593 | closure is expected to take 1 argument, but it takes 0 arguments | retry_attempt
use reattempt::{Policy, any_error};

fn call(policy: &Policy) -> Result<u32, String> {
    policy.retry_attempt(|| Ok(1)).on(any_error).call()
}

fn main() {
    let _ = call;
}
