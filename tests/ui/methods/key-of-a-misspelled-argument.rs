#[reattempt::retry(method = POST, idempotency_key = argument(order_nr), on = reattempt::any_error)]
fn pay(order_no: &str) -> Result<(), usize> {
    Err(order_no.len())
}

fn main() {}
