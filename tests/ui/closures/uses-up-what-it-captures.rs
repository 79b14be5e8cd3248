//@ E0277 | this operation makes no attempts that are futures of their own, one after another | await
use reattempt::Policy;
use std::io;

async fn send(payload: Vec<u8>) -> io::Result<usize> {
    Ok(payload.len())
}

async fn call(policy: &Policy, payload: Vec<u8>) -> io::Result<usize> {
    policy.retry_async(|| send(payload)).await
}

fn main() {
    let _ = call;
}
