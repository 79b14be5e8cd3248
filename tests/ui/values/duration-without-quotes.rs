#[reattempt::retry(base = 100ms, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
