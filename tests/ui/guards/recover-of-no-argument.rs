#[reattempt::retry(recover = || None, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
