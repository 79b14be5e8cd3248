#[reattempt::retry(deadline = "9s", wait_for_breaker = true, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
