#[reattempt::retry(base = "0.5ns", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
