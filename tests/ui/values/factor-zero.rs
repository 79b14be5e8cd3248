#[reattempt::retry(strategy = "exponential", factor = 0, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
