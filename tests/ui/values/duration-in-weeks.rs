#[reattempt::retry(base = "1w", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
