//@ E0277 | the operation returns `Result<u32, String>`, which is no future of a `Result` or an `Option` | retry_async
//@ E0277 | is not a future | await
use reattempt::{Policy, any_error};

fn read() -> Result<u32, String> {
    Ok(1)
}

async fn call(policy: &Policy) -> Result<u32, String> {
    policy.retry_async(|| read()).on(any_error).await
}

fn main() {
    let _ = call;
}
