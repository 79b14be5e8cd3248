#[reattempt::retry(method = POST, idempotency_key = argument(key), on = reattempt::any_error)]
fn pay(amount: u32) -> Result<(), u32> {
    Err(amount)
}

fn main() {}
