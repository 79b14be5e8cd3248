//@ E0599 | no method named `call_local` found for struct `Retry<'_, BeginsWithCall< | call_local
use reattempt::{Policy, any_error};

async fn call(policy: &Policy) -> Option<u32> {
    policy.retry(|| None).on(any_error).call_local().await
}

fn main() {
    let _ = call;
}
