//@ E0277 | which is no future of the state and an outcome | retry_async_with
//@ E0277 | is not a future | await
use reattempt::Policy;
use std::io;

async fn send(sent: &mut u32) -> io::Result<u32> {
    *sent += 1;
    Ok(*sent)
}

async fn call(policy: &Policy) -> io::Result<u32> {
    policy.retry_async_with(0, |mut sent| async move { send(&mut sent).await }).await
}

fn main() {
    let _ = call;
}
