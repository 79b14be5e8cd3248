//@ E0277 | is not a future | await
use reattempt::{Policy, any_error};

async fn call(policy: &Policy) -> Option<u32> {
    policy.retry(|| None).on(any_error).await
}

fn main() {
    let _ = call;
}
