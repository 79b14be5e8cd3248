#[reattempt::retry(method = get, on = reattempt::any_error)]
fn read() -> Result<(), ()> {
    Ok(())
}

fn main() {}
