use std::time::Duration;

const BASE: Duration = Duration::from_secs(5);

#[reattempt::retry(base = BASE, cap = "1s", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
