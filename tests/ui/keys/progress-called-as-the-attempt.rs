#[reattempt::retry(attempt = this, progress = this, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
