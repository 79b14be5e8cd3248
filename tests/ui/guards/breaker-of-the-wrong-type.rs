//@ E0308 | mismatched types | BUDGET
use reattempt::{Budget, retry};

static BUDGET: Budget = Budget::new();

#[retry(breaker = BUDGET, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
