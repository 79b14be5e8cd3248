#[reattempt::retry(on = matches(if is_ready()))]
fn call() -> Result<(), String> {
    Ok(())
}

fn is_ready() -> bool {
    true
}

fn main() {}
