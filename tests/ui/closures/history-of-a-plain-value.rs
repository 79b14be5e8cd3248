//@ E0277 | this call cannot fail, so there is no failure to keep or to recover from | policy.retry_async(async || Plain(5)).on_value(|reading| *reading == 0)
use reattempt::{Plain, Policy};

async fn call(policy: &Policy) {
    let _ = policy.retry_async(async || Plain(5)).on_value(|reading| *reading == 0).history(3).await;
}

fn main() {
    let _ = call;
}
