#[reattempt::retry(on = reattempt::any_error, jitter = "-")]
fn text() -> Result<(), std::io::Error> {
    Ok(())
}

#[reattempt::retry(on = reattempt::any_error, jitter = true)]
fn flag() -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {}
