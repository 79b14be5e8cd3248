const KEPT: usize = 0;

#[reattempt::retry(history = KEPT, on = reattempt::any_error)]
fn call() -> Result<(), reattempt::RetryError<()>> {
    Err(())
}

fn main() {}
