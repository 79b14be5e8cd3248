//@ E0277 | is called here, where a classifier is named: write this name without `()` | any_error
use reattempt::any_error;

#[reattempt::retry(on = any_error())]
fn call() -> Result<(), String> {
    Ok(())
}

fn main() {}
