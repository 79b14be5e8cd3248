use std::time::Duration;

const CAP: Duration = Duration::from_secs(1);

#[reattempt::retry(base = "5s", cap = CAP, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
