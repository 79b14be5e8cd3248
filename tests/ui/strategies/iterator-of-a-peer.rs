#[reattempt::retry(strategy = ExponentialBackoff::from_millis(10).map(jitter).take(3), on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
