#[reattempt::retry(max 5, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
