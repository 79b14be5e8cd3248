//@ E0277 | a classifier returns `bool` or `Verdict`, not `usize` | reattempt::classify::any_of((is_busy, length))
fn is_busy(error: &String) -> bool {
    error.is_empty()
}

fn length(error: &String) -> usize {
    error.len()
}

#[reattempt::retry(on = reattempt::classify::any_of((is_busy, length)))]
fn call() -> Result<(), String> {
    Ok(())
}

fn main() {}
