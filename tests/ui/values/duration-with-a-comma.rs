#[reattempt::retry(base = "1,5s", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
