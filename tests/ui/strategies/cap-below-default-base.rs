#[reattempt::retry(cap = "50ms", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
