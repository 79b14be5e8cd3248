#[reattempt::retry(strategy = "constant", jitter = "fulll", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
