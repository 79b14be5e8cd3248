//@ E0277 | an async sleeper answers a future, not `()` | std
#[reattempt::retry(sleep = std::thread::sleep, on = reattempt::any_error)]
async fn call() -> Option<()> {
    None
}

fn main() {}
