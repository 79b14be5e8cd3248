#[reattempt::retry(method = "PUT", on = reattempt::any_error)]
fn replace() -> Result<(), ()> {
    Ok(())
}

fn main() {}
