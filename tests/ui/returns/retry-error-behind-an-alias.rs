//@ E0308 | mismatched types | String::new()
use reattempt::RetryError;

type Outcome = Result<(), RetryError<String>>;

#[reattempt::retry(on = reattempt::any_error)]
fn call() -> Outcome {
    Err(String::new())
}

fn main() {}
