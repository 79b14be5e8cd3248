#[reattempt::retry(base = "5sec", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
