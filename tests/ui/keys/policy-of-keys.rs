#[reattempt::retry(on = reattempt::any_error, policy(max = 4))]
fn parentheses() -> Result<(), std::io::Error> {
    Ok(())
}

#[reattempt::retry(on = reattempt::any_error, policy = (max = 4))]
fn value() -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {}
