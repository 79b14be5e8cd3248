//@ E0277 | `Result<u32, String>` cannot stand for an attempt that timed out | policy.retry_async(async || Ok(5)).on(any_error).timeout(Duration::from_secs(1))
use reattempt::{Policy, any_error};
use std::time::Duration;

async fn call(policy: &Policy) -> Result<u32, String> {
    policy.retry_async(async || Ok(5)).on(any_error).timeout(Duration::from_secs(1)).call().await
}

fn main() {
    let _ = call;
}
