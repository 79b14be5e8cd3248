//@ E0716 | temporary value dropped while borrowed | BUDGET
use reattempt::{Budget, retry};

const BUDGET: Budget = Budget::new();

#[retry(budget = BUDGET, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
