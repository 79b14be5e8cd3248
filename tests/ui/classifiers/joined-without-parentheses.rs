//@ E0277 | `for<'a> fn(&'a String) -> bool {is_busy}` is no tuple of classifiers | reattempt::classify::any_of(is_busy, is_new)
//@ E0061 | this function takes 1 argument but 2 arguments were supplied | reattempt::classify::any_of
fn is_busy(error: &String) -> bool {
    error.is_empty()
}

fn is_new(error: &String) -> bool {
    error.len() == 3
}

#[reattempt::retry(on = reattempt::classify::any_of(is_busy, is_new))]
fn call() -> Result<(), String> {
    Ok(())
}

fn main() {}
