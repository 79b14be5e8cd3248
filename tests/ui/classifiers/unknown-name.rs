//@ E0425 | cannot find value `is_transiet` in this scope | is_transiet
#[reattempt::retry(on = is_transiet)]
fn call() -> Result<(), String> {
    Ok(())
}

fn main() {}
