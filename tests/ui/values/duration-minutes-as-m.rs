#[reattempt::retry(base = "5m", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
