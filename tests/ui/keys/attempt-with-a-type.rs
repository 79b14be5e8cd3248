#[reattempt::retry(attempt = this: reattempt::Attempt, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
