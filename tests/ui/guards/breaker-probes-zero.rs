//@ E0080 | probes | CircuitBreaker::consecutive(5).probes(0)
use reattempt::{Budget, CircuitBreaker};
use std::time::Duration;

static BREAKER: CircuitBreaker = CircuitBreaker::consecutive(5).probes(0);

fn main() {
    let _: (&CircuitBreaker, Duration) = (&BREAKER, Duration::ZERO);
    let _ = (Budget::new(), CircuitBreaker::consecutive(1));
}
