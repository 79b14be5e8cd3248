#[reattempt::retry(on = matches())]
fn call() -> Result<(), String> {
    Ok(())
}

fn main() {}
