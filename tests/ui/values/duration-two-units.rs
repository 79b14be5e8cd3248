#[reattempt::retry(base = "1m30s", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
