#[reattempt::retry(strategy = "immediate", jitter = "full", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
