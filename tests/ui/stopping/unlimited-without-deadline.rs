#[reattempt::retry(max = "unlimited", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
