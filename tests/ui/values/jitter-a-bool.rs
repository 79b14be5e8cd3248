#[reattempt::retry(strategy = "constant", jitter = true, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
