//@ E0277 | a classifier returns `bool` or `Verdict`, not `usize` | reattempt::classify::not(length)
fn length(error: &String) -> usize {
    error.len()
}

#[reattempt::retry(on = reattempt::classify::not(length))]
fn call() -> Result<(), String> {
    Ok(())
}

fn main() {}
