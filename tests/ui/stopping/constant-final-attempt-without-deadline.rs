const LAST: bool = true;

#[reattempt::retry(final_attempt = LAST, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
