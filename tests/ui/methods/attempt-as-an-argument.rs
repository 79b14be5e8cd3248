#[reattempt::retry(attempt = argument(key), on = reattempt::any_error)]
fn pay(key: &str) -> Result<(), usize> {
    Err(key.len())
}

fn main() {}
