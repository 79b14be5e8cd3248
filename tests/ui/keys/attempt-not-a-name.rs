#[reattempt::retry(attempt = 3, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
