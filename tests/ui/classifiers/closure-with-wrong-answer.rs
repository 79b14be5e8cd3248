#[reattempt::retry(on = |error| error.len())]
fn call() -> Result<(), String> {
    Ok(())
}

fn main() {}
