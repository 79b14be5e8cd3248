#[reattempt::retry(method = POST, idempotency_key = "key", on = reattempt::any_error)]
fn pay() -> Result<(), ()> {
    Ok(())
}

fn main() {}
