//@ E0277 | nothing says which failures of type `NoneError` are transient | policy.retry_async(async || Some(5))
//@ E0277 | nothing says which failures of type `NoneError` are transient | policy.retry_async(async || Some(5)).call()
//@ E0277 | nothing says which failures of type `NoneError` are transient | await
use reattempt::Policy;

async fn call(policy: &Policy) -> Option<u32> {
    policy.retry_async(async || Some(5)).call().await
}

fn main() {
    let _ = call;
}
