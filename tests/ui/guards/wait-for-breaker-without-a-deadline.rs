static BREAKER: reattempt::CircuitBreaker = reattempt::CircuitBreaker::consecutive(5);

#[reattempt::retry(breaker = BREAKER, wait_for_breaker = true, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
