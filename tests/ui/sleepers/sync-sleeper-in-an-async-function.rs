#[reattempt::retry(sleep = std::thread::sleep, on = reattempt::any_error)]
async fn call() -> Option<()> {
    None
}

fn main() {}
