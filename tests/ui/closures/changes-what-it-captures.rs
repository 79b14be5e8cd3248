//@ E0277 | this operation makes no attempts that are futures of their own, one after another | await
use reattempt::Policy;
use std::io;

async fn send(sent: &mut u32) -> io::Result<u32> {
    *sent += 1;
    Ok(*sent)
}

async fn call(policy: &Policy) -> io::Result<u32> {
    let mut sent = 0;
    policy.retry_async(async || send(&mut sent).await).await
}

fn main() {
    let _ = call;
}
