#[reattempt::retry(on = reattempt::classify::any_of((|error| true, |error| false)))]
fn call() -> Result<(), String> {
    Ok(())
}

fn main() {}
