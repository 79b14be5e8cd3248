#[reattempt::retry(strategy = "quadratic", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
