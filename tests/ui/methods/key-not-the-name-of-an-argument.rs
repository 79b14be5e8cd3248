#[reattempt::retry(method = POST, idempotency_key = argument(self.key), on = reattempt::any_error)]
fn pay(key: &str) -> Result<(), usize> {
    Err(key.len())
}

fn main() {}
