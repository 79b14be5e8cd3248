#[reattempt::retry(strategy = "exponential", factor = 1e999, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
