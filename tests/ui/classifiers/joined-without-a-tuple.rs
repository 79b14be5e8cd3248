//@ E0277 | take one tuple: write the classifiers in parentheses of their own, as in `on = any_of((is_busy, is_time_out))` | any_of
use reattempt::classify::any_of;

fn is_busy(error: &String) -> bool {
    error.is_empty()
}

fn is_long(error: &String) -> bool {
    error.len() > 5
}

#[reattempt::retry(on = any_of(is_long, is_busy))]
fn call() -> Result<(), String> {
    Ok(())
}

fn main() {}
