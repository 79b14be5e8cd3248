#[reattempt::retry(strategy = "equal-jitter", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
