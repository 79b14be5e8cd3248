#[reattempt::retry(base = "5mz", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
