#[reattempt::retry(strategy = equal_jitter, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
