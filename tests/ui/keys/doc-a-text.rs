#[reattempt::retry(doc = "Calls it", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
