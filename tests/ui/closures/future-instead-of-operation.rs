//@ E0277 | expected an operation that returns a future, found `impl Future<Output = Result<u32, String>>` | fetch()
//@ E0277 | is not a future | await
use reattempt::{Policy, any_error};

async fn fetch() -> Result<u32, String> {
    Ok(1)
}

async fn call(policy: &Policy) -> Result<u32, String> {
    policy.retry_async(fetch()).on(any_error).await
}

fn main() {
    let _ = call;
}
