#[reattempt::retry(retry_budget = BUDGET, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
