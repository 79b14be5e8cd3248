#[reattempt::retry(strategy = [100, 200], on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
