//@ E0308 | mismatched types | attempts
#[reattempt::retry(max = attempts, on = reattempt::any_error)]
fn call(attempts: &str) -> Option<()> {
    None
}

fn main() {}
