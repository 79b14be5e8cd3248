#[reattempt::retry(budget = 10, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
