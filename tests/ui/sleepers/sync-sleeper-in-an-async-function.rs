//@ E0277 | `()` is not a future | std
//@ E0277 | `()` is not a future | std
#[reattempt::retry(sleep = std::thread::sleep, on = reattempt::any_error)]
async fn call() -> Option<()> {
    None
}

fn main() {}
