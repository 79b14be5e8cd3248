#[reattempt::retry(method = SUBSCRIBE, on = reattempt::any_error)]
fn listen() -> Result<(), ()> {
    Ok(())
}

fn main() {}
