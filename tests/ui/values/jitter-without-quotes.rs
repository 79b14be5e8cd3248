#[reattempt::retry(strategy = "constant", jitter = full, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
