#[reattempt::retry(async, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
