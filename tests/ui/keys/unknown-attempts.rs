#[reattempt::retry(attempts = 5, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
