//@ E0277 | a classifier returns `bool` or `Verdict`, not `Option<bool>` | is_transient
fn is_transient(error: &String) -> Option<bool> {
    Some(error.is_empty())
}

#[reattempt::retry(on = is_transient)]
fn call() -> Result<(), String> {
    Ok(())
}

fn main() {}
