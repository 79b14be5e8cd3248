use std::time::Duration;

const FIRST: Duration = Duration::from_secs(5);

#[reattempt::retry(strategy = [FIRST], deadline = "3s", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
