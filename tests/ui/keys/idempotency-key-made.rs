#[reattempt::retry(idempotency_key = generate(), on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
