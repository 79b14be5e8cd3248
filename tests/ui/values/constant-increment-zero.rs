use std::time::Duration;

const STEP: Duration = Duration::ZERO;

#[reattempt::retry(strategy = "linear", increment = STEP, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
