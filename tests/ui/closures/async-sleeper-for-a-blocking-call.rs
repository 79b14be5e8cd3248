//@ E0277 | this call cannot sleep by a function that returns `impl Future<Output = ()>` | sleep
use reattempt::{Policy, any_error};
use std::time::Duration;

async fn nap(_: Duration) {}

fn call(policy: &Policy) -> Option<u32> {
    policy.retry(|| None).on(any_error).sleep(nap).call()
}

fn main() {
    let _ = call;
}
