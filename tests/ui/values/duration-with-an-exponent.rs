#[reattempt::retry(base = "1e3ms", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
