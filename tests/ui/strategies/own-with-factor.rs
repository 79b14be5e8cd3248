#[reattempt::retry(strategy = Own, factor = 2.0, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
