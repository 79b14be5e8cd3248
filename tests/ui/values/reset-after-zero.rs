#[reattempt::retry(reset_after = "0s", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
