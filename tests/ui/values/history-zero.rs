#[reattempt::retry(history = 0, on = reattempt::any_error)]
fn call() -> Result<(), reattempt::RetryError<String>> {
    Ok(())
}

fn main() {}
