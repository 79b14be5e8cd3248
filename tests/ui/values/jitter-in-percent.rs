#[reattempt::retry(strategy = "constant", jitter = "20%", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
