//@ E0277 | takes the failure itself: write `&self`, or `&` before the argument's type, in the signature of this function | is_transient
fn is_transient(error: String) -> bool {
    error.is_empty()
}

#[reattempt::retry(on = is_transient)]
fn call() -> Result<(), String> {
    Ok(())
}

fn main() {}
