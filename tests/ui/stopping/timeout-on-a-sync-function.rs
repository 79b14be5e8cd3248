#[reattempt::retry(timeout = "2s", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
