use std::time::Duration;

const DEADLINE: Duration = Duration::ZERO;

#[reattempt::retry(deadline = DEADLINE, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
