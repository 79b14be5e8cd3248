#[reattempt::retry(attempt = this, idempotency_key = this, on = reattempt::any_error)]
fn pay() -> Result<(), ()> {
    let _ = this;
    Ok(())
}

fn main() {}
