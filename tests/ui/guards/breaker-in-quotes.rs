#[reattempt::retry(breaker = "BREAKER", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
