#[reattempt::retry(delay = 100, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
