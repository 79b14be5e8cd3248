#[reattempt::retry(strategy = Own, base = "2s", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
