#[reattempt::retry(exponential, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
