use std::time::Duration;

const HEALTHY: Duration = Duration::ZERO;

#[reattempt::retry(reset_after = HEALTHY, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
