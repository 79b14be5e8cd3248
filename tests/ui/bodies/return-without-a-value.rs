//@ E0069 | `return;` in a function whose return type is not `()` | return
use reattempt::{RetryError, retry};

#[retry(on = reattempt::any_error)]
fn call() -> Result<u32, RetryError<String>> {
    return;
}

fn main() {}
