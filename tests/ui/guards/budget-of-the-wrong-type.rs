//@ E0308 | mismatched types | BREAKER
use reattempt::{CircuitBreaker, retry};

static BREAKER: CircuitBreaker = CircuitBreaker::consecutive(5);

#[retry(budget = BREAKER, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
