#[reattempt::retry(strategy = "constant", jitter = "50", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
