#[reattempt::retry(error = 3, on = reattempt::any_error)]
fn call() -> Result<(), String> {
    Ok(())
}

fn main() {}
