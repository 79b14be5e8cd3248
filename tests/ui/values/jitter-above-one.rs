#[reattempt::retry(strategy = "constant", jitter = 1.5, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
