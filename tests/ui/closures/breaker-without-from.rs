//@ E0277 | `Result<u32, String>` cannot stand for an attempt that the circuit breaker refused | policy.retry(|| Ok(5)).on(any_error).breaker(breaker)
use reattempt::{CircuitBreaker, Policy, any_error};

fn call(policy: &Policy, breaker: &CircuitBreaker) -> Result<u32, String> {
    policy.retry(|| Ok(5)).on(any_error).breaker(breaker).call()
}

fn main() {
    let _ = call;
}
