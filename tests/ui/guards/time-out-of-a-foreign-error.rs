//@ E0277 | `ParseIntError` cannot be made from `reattempt::TimedOut` | Result
use std::num::ParseIntError;

#[reattempt::retry(timeout = "1s", on = reattempt::any_error)]
async fn call() -> Result<u32, ParseIntError> {
    "1".parse()
}

fn main() {}
