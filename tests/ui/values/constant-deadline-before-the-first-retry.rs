use std::time::Duration;

const DEADLINE: Duration = Duration::from_secs(3);

#[reattempt::retry(strategy = "constant", base = "5s", deadline = DEADLINE, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
