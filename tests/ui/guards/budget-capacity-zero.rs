//@ E0080 | capacity | Budget::new().capacity(0)
use reattempt::{Budget, CircuitBreaker};
use std::time::Duration;

static BUDGET: Budget = Budget::new().capacity(0);

fn main() {
    let _: (&Budget, Duration) = (&BUDGET, Duration::ZERO);
    let _ = (Budget::new(), CircuitBreaker::consecutive(1));
}
