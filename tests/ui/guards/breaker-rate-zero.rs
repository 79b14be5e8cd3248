//@ E0080 | rate | CircuitBreaker::rate(0.0)
use reattempt::{Budget, CircuitBreaker};
use std::time::Duration;

static BREAKER: CircuitBreaker = CircuitBreaker::rate(0.0);

fn main() {
    let _: (&CircuitBreaker, Duration) = (&BREAKER, Duration::ZERO);
    let _ = (Budget::new(), CircuitBreaker::consecutive(1));
}
