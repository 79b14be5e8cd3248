#[reattempt::retry(method = 5, on = reattempt::any_error)]
fn read() -> Result<(), ()> {
    Ok(())
}

fn main() {}
