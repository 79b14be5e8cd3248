#[reattempt::retry(stop = stop_after_attempt(5), on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
