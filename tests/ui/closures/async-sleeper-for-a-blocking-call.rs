//@ E0271 | expected `nap` to return `()`, but it returns `impl Future<Output = ()>` | nap
//@ E0271 | expected `nap` to return `()`, but it returns `impl Future<Output = ()>` | call
use reattempt::{Policy, any_error};
use std::time::Duration;

async fn nap(_: Duration) {}

fn call(policy: &Policy) -> Option<u32> {
    policy.retry(|| None).on(any_error).sleep(nap).call()
}

fn main() {
    let _ = call;
}
