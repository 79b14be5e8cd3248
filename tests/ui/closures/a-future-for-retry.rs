//@ E0277 | the operation returns `impl Future<Output = Result<u32, String>>`, which is neither a `Result` nor an `Option` | retry
//@ E0599 | the method `on` exists for struct | on
use reattempt::{Policy, any_error};

async fn fetch() -> Result<u32, String> {
    Ok(1)
}

async fn call(policy: &Policy) -> Result<u32, String> {
    policy.retry(|| fetch()).on(any_error).call().await
}

fn main() {
    let _ = call;
}
