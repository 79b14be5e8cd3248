#[reattempt::retry(on = reattempt::any_error, base = 0)]
fn base() -> Result<(), std::io::Error> {
    Ok(())
}

#[reattempt::retry(on = reattempt::any_error, cap = "0")]
fn cap() -> Result<(), std::io::Error> {
    Ok(())
}

#[reattempt::retry(on = reattempt::any_error, deadline = 0)]
fn deadline() -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {}
