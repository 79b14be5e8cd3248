use reattempt::{Policy, any_error};
use tokio_util_0_7::sync::CancellationToken;

fn call(policy: &Policy, token: &CancellationToken) -> Option<u32> {
    policy.retry(|| None).on(any_error).cancel(token).call()
}

fn main() {
    let _ = call;
}
