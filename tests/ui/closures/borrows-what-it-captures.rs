//@ - | captured variable cannot escape `FnMut` closure body | send(&mut sent)
use reattempt::Policy;
use std::io;

async fn send(sent: &mut u32) -> io::Result<u32> {
    *sent += 1;
    Ok(*sent)
}

async fn call(policy: &Policy) -> io::Result<u32> {
    let mut sent = 0;
    policy.retry_async(|| send(&mut sent)).await
}

fn main() {
    let _ = call;
}
