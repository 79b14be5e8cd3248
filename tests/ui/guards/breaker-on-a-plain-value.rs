//@ E0277 | `bool` cannot stand for `reattempt::BreakerOpen` | bool
use reattempt::{CircuitBreaker, retry};

static BREAKER: CircuitBreaker = CircuitBreaker::consecutive(5);

#[retry(breaker = BREAKER, on_value = |done| !done)]
fn is_done() -> bool {
    true
}

fn main() {}
