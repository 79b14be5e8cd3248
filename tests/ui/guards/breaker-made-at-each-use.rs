#[reattempt::retry(breaker = &reattempt::CircuitBreaker::rate(0.5).probes(2), on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
