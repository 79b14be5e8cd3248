use std::time::Duration;

const BASE: Duration = Duration::ZERO;

#[reattempt::retry(base = BASE, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
