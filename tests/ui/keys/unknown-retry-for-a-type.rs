#[reattempt::retry(retry_for = std::io::Error)]
fn one() -> Result<(), std::io::Error> {
    Ok(())
}

#[reattempt::retry(retry_for = [std::io::Error])]
fn listed() -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {}
