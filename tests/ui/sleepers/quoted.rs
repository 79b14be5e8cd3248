#[reattempt::retry(sleep = "nap", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
