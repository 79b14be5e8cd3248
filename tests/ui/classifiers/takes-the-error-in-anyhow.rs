//@ E0277 | with the `dyn Error` in it: write a closure that takes it out, `on = |error| is_transient(&**error)` | is_transient
use std::error::Error;

fn is_transient(error: &(dyn Error + 'static)) -> bool {
    error.source().is_none()
}

#[reattempt::retry(on = is_transient)]
fn call() -> anyhow::Result<()> {
    Ok(())
}

fn main() {}
