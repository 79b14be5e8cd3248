use std::time::Duration;

const BASE: Duration = Duration::from_secs(5);

#[reattempt::retry(strategy = "constant", base = BASE, deadline = "3s", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
