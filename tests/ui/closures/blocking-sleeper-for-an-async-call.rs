//@ E0277 | this call cannot sleep by a function that returns `()` | sleep
use reattempt::{Policy, any_error};

async fn call(policy: &Policy) -> Option<u32> {
    policy.retry_async(async || None).on(any_error).sleep(std::thread::sleep).await
}

fn main() {
    let _ = call;
}
