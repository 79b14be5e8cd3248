//@ E0277 | `cancel` expects a `Cancellation`, found `bool` | &true
//@ E0277 | is not a future | await
use reattempt::{Policy, any_error};
use std::future::ready;

async fn call(policy: &Policy) -> Option<u32> {
    policy.retry_async(|| ready(None)).on(any_error).cancel(&true).await
}

fn main() {
    let _ = call;
}
