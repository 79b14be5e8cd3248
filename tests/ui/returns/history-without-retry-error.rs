#[reattempt::retry(on = reattempt::any_error, history = 16)]
fn call() -> Result<(), String> {
    Ok(())
}

fn main() {}
