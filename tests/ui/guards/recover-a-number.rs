#[reattempt::retry(recover = 0, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
