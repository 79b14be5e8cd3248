//@ E0308 | mismatched types | is_transient
fn is_transient(outcome: &Result<(), String>) -> bool {
    outcome.is_err()
}

#[reattempt::retry(on = is_transient)]
fn call() -> Result<(), String> {
    Ok(())
}

fn main() {}
