#[reattempt::retry(timeout = "0s", on = reattempt::any_error)]
async fn call() -> Option<()> {
    None
}

fn main() {}
