#[reattempt::retry(max-hint = "60s", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
