//@ E0277 | is called here, where a classifier is named: write this name without `()` | is_busy
use reattempt::classify::any_of;

fn is_busy(error: &String) -> bool {
    error.is_empty()
}

fn is_long(error: &String) -> bool {
    error.len() > 5
}

#[reattempt::retry(on = any_of((is_long, is_busy())))]
fn call() -> Result<(), String> {
    Ok(())
}

fn main() {}
