#[reattempt::retry(error = String, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
