//@ E0277 | takes the failure itself: write `&self`, or `&` before the argument's type, in the signature of this function | is_permanent
use reattempt::classify;

fn is_permanent(error: String) -> bool {
    error.is_empty()
}

#[reattempt::retry(on = classify::not(is_permanent))]
fn call() -> Result<(), String> {
    Ok(())
}

fn main() {}
