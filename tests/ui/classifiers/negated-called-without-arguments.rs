//@ E0277 | is called here, where a classifier is named: write this name without `()` | is_permanent
use reattempt::classify::not;

fn is_permanent(error: &String) -> bool {
    error.is_empty()
}

#[reattempt::retry(on = not(is_permanent()))]
fn call() -> Result<(), String> {
    Ok(())
}

fn main() {}
