//@ E0308 | mismatched types | is_transient
fn is_transient(error: String) -> bool {
    error.is_empty()
}

#[reattempt::retry(on = is_transient)]
fn call() -> Result<(), String> {
    Ok(())
}

fn main() {}
