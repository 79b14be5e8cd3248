//@ E0277 | nothing says which failures of type `NoneError` are transient | call
use reattempt::Policy;

async fn call(policy: &Policy) -> Option<u32> {
    policy.retry_async(async || Some(5)).call().await
}

fn main() {
    let _ = call;
}
