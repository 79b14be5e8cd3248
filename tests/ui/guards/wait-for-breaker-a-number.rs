static BREAKER: reattempt::CircuitBreaker = reattempt::CircuitBreaker::consecutive(5);

#[reattempt::retry(deadline = "9s", breaker = BREAKER, wait_for_breaker = 1, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
