#[reattempt::retry(on = reattempt::any_error, forever)]
fn word() -> Result<(), std::io::Error> {
    Ok(())
}

#[reattempt::retry(on = reattempt::any_error, forever = true)]
fn flag() -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {}
