#[reattempt::retry(history = "16", on = reattempt::any_error)]
fn call() -> Result<(), reattempt::RetryError<String>> {
    Err(String::new())
}

fn main() {}
