#[reattempt::retry(strategy = "equal_jitter", jitter = 0.2, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
