#[reattempt::retry(deadline = "never", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
