#[reattempt::retry(strategy = "equal_jitter", base = "4s", cap = "9s", deadline = "2s", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
