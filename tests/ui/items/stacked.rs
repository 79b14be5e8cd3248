#[reattempt::retry(on = reattempt::any_error)]
#[reattempt::retry(on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
