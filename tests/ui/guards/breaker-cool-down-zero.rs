//@ E0080 | cool_down | CircuitBreaker::consecutive(5).cool_down(Duration::ZERO)
use reattempt::{Budget, CircuitBreaker};
use std::time::Duration;

static BREAKER: CircuitBreaker = CircuitBreaker::consecutive(5).cool_down(Duration::ZERO);

fn main() {
    let _: (&CircuitBreaker, Duration) = (&BREAKER, Duration::ZERO);
    let _ = (Budget::new(), CircuitBreaker::consecutive(1));
}
