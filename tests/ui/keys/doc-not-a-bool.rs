#[reattempt::retry(doc = "no", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
