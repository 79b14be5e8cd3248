fn is_transient(_: &std::io::Error) -> bool {
    true
}

#[reattempt::retry(while = is_transient)]
fn while_it_is() -> Result<(), std::io::Error> {
    Ok(())
}

#[reattempt::retry(handle = is_transient)]
fn handled() -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {}
