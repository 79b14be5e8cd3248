//@ E0308 | mismatched types | Result
use reattempt::{RetryError, retry};

#[retry(on = reattempt::any_error)]
fn call() -> Result<u32, RetryError<String>> {
    Ok(5);
}

fn main() {}
