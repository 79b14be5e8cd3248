#[reattempt::retry(idempotency = key, on = reattempt::any_error)]
fn pay() -> Result<(), ()> {
    Ok(())
}

fn main() {}
