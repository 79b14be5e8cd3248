#[reattempt::retry(fallback = from_the_cache, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
