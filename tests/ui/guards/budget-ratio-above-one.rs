//@ E0080 | ratio | Budget::new().ratio(1.5)
use reattempt::{Budget, CircuitBreaker};
use std::time::Duration;

static BUDGET: Budget = Budget::new().ratio(1.5);

fn main() {
    let _: (&Budget, Duration) = (&BUDGET, Duration::ZERO);
    let _ = (Budget::new(), CircuitBreaker::consecutive(1));
}
