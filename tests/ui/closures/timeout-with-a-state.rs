//@ E0277 | an attempt that times out is dropped, and would take the state of this call with it | timeout
use reattempt::{NoneError, Policy};
use std::time::Duration;

async fn call(policy: &Policy) -> Option<u32> {
    let call = policy.retry_async_with(0, async |count| (count + 1, Some(count)));
    call.timeout(Duration::from_secs(1)).on(|_: &NoneError| true).await
}

fn main() {
    let _ = call;
}
