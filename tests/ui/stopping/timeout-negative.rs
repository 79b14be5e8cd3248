#[reattempt::retry(timeout = "-2s", on = reattempt::any_error)]
async fn call() -> Option<()> {
    None
}

fn main() {}
