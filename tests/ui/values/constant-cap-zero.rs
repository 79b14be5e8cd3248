use std::time::Duration;

const CAP: Duration = Duration::ZERO;

#[reattempt::retry(cap = CAP, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
