#[reattempt::retry(cancel = "STOP", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
