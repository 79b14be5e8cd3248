#[reattempt::retry(strategy = ["100ms", "2secs"], on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
