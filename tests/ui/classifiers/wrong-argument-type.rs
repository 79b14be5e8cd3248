//@ E0308 | mismatched types | is_transient
fn is_transient(status: &u16) -> bool {
    *status == 503
}

#[reattempt::retry(on = is_transient)]
fn call() -> Result<(), String> {
    Ok(())
}

fn main() {}
