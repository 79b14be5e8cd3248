//@ E0716 | temporary value dropped while borrowed | BREAKER
use reattempt::{CircuitBreaker, RetryError, retry};

const BREAKER: CircuitBreaker = CircuitBreaker::consecutive(2);

#[retry(breaker = BREAKER, on = reattempt::any_error)]
fn call() -> Result<(), RetryError<String>> {
    Ok(())
}

fn main() {}
