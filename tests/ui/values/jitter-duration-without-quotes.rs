#[reattempt::retry(strategy = "constant", jitter = 50ms, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
