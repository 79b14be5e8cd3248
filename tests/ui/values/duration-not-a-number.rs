#[reattempt::retry(base = "fast", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
