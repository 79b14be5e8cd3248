#[reattempt::retry(notify = |error, delay| drop((error, delay)), on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
