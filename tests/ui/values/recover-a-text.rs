#[reattempt::retry(recover = "from the cache", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
