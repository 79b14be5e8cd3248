//@ E0277 | an async sleeper answers a future, not `()` | sleep
//@ E0277 | is not a future | await
use reattempt::{Policy, any_error};

async fn call(policy: &Policy) -> Option<u32> {
    policy.retry_async(async || None).on(any_error).sleep(std::thread::sleep).await
}

fn main() {
    let _ = call;
}
