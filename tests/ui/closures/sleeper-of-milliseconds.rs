//@ E0631 | type mismatch in function arguments | nap
//@ E0277 | is not a future | await
use reattempt::{Policy, any_error};

async fn nap(_: u64) {}

async fn call(policy: &Policy) -> Option<u32> {
    policy.retry_async(async || None).on(any_error).sleep(nap).await
}

fn main() {
    let _ = call;
}
