#[reattempt::retry(clone = payload, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
