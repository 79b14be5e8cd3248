#[reattempt::retry(on = reattempt::any_error, retry = 4)]
fn call() -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {}
