#[reattempt::retry(crate = "reattempt", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
