type Reported = Result<(), reattempt::RetryError<String>>;

#[reattempt::retry(history = 3, on = reattempt::any_error)]
fn call() -> Reported {
    Ok(())
}

fn main() {}
