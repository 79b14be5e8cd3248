//@ E0277 | a call of `retry` blocks, so it is not a future and not awaited | await
use reattempt::{Policy, any_error};

async fn call(policy: &Policy) -> Option<u32> {
    policy.retry(|| None).on(any_error).await
}

fn main() {
    let _ = call;
}
