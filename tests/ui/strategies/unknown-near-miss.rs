#[reattempt::retry(strategy = "exponental", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
