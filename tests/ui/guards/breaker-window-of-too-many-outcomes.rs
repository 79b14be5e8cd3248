//@ E0080 | over | CircuitBreaker::rate(0.5).over(2_000)
use reattempt::{Budget, CircuitBreaker};
use std::time::Duration;

static BREAKER: CircuitBreaker = CircuitBreaker::rate(0.5).over(2_000);

fn main() {
    let _: (&CircuitBreaker, Duration) = (&BREAKER, Duration::ZERO);
    let _ = (Budget::new(), CircuitBreaker::consecutive(1));
}
