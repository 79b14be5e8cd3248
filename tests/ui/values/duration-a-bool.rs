#[reattempt::retry(base = true, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
