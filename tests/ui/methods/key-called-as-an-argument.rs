#[reattempt::retry(method = POST, idempotency_key = key, on = reattempt::any_error)]
fn pay(key: &str) -> Result<(), ()> {
    let _ = key;
    Ok(())
}

fn main() {}
