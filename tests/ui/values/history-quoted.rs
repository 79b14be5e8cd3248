#[reattempt::retry(history = "16", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
