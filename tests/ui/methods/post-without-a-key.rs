#[reattempt::retry(method = POST, on = reattempt::any_error)]
fn pay() -> Result<(), ()> {
    Ok(())
}

fn main() {}
