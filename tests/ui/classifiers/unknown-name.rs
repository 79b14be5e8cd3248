#[reattempt::retry(on = is_transiet)]
fn call() -> Result<(), String> {
    Ok(())
}

fn main() {}
