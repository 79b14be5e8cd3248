#[reattempt::retry(strategy = fixed, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
