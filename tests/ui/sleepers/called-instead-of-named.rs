//@ E0277 | expected a `FnOnce(Duration)` closure | nap()
async fn nap() {}

#[reattempt::retry(sleep = nap(), on = reattempt::any_error)]
async fn call() -> Option<()> {
    None
}

fn main() {}
