#[reattempt::retry(timeout_ms = 500, on = reattempt::any_error)]
async fn call() -> Option<()> {
    None
}

fn main() {}
