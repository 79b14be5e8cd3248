#[reattempt::retry(method = POST, idempotency_key = argument(key, amount), on = reattempt::any_error)]
fn pay(key: &str, amount: u32) -> Result<(), (usize, u32)> {
    Err((key.len(), amount))
}

fn main() {}
