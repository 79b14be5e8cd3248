//@ E0277 | the operation returns `impl Future<Output = u32>`, which is no future of a `Result` or an `Option` | retry_async
//@ E0599 | the method `on_value` exists for struct | on_value
use reattempt::Policy;

async fn read() -> u32 {
    5
}

async fn call(policy: &Policy) -> u32 {
    policy.retry_async(read).on_value(|reading| *reading == 0).await
}

fn main() {
    let _ = call;
}
