#[reattempt::retry(strategy = ExponentialBuilder::default().with_min_delay(DELAY).with_max_times(3), on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
