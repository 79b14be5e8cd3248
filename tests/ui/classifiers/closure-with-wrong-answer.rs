//@ E0277 | a classifier returns `bool` or `Verdict`, not `usize` | error.len()
#[reattempt::retry(on = |error| error.len())]
fn call() -> Result<(), String> {
    Ok(())
}

fn main() {}
