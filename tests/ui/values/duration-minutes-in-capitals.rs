#[reattempt::retry(base = "5M", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
