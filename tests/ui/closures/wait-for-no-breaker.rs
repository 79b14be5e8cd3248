//@ E0277 | this call has no breaker to wait for | wait_for_breaker
use reattempt::{Policy, any_error};

fn call(policy: &Policy) -> Result<u32, String> {
    policy.retry(|| Ok(5)).on(any_error).wait_for_breaker().call()
}

fn main() {
    let _ = call;
}
