//@ E0271 | expected `nap` to return `()`, but it returns `impl Future<Output = ()>` | nap
use std::time::Duration;

async fn nap(_delay: Duration) {}

#[reattempt::retry(sleep = nap, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
