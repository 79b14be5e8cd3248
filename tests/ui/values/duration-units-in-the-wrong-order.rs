#[reattempt::retry(base = "30s 1m", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
