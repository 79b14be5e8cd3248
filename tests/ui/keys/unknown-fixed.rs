#[reattempt::retry(fixed = "1s", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
