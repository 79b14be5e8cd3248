#[reattempt::retry(max = "unlimited", deadline = none, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
