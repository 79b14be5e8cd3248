use std::time::Duration;

const TIMEOUT: Duration = Duration::ZERO;

#[reattempt::retry(timeout = TIMEOUT, on = reattempt::any_error)]
async fn call() -> Option<()> {
    None
}

fn main() {}
