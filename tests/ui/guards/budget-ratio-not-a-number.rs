//@ E0080 | ratio | Budget::new().ratio(f64::NAN)
use reattempt::{Budget, CircuitBreaker};
use std::time::Duration;

static BUDGET: Budget = Budget::new().ratio(f64::NAN);

fn main() {
    let _: (&Budget, Duration) = (&BUDGET, Duration::ZERO);
    let _ = (Budget::new(), CircuitBreaker::consecutive(1));
}
