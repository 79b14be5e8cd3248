#[reattempt::retry(method = DELTE, on = reattempt::any_error)]
fn remove() -> Result<(), ()> {
    Ok(())
}

fn main() {}
