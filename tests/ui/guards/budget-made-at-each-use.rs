#[reattempt::retry(budget = reattempt::Budget::new(), on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
