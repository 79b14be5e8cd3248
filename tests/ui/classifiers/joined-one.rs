//@ E0277 | `for<'a> fn(&'a String) -> bool {is_busy}` is no tuple of classifiers | reattempt::classify::any_of(is_busy)
fn is_busy(error: &String) -> bool {
    error.is_empty()
}

#[reattempt::retry(on = reattempt::classify::any_of(is_busy))]
fn call() -> Result<(), String> {
    Ok(())
}

fn main() {}
