//@ E0507 | cannot move out of `payload`, a captured variable in an `FnMut` closure | payload
use reattempt::{Policy, any_error};

fn send(payload: Vec<u8>) -> Result<usize, String> {
    Ok(payload.len())
}

fn call(policy: &Policy, payload: Vec<u8>) -> Result<usize, String> {
    policy.retry(|| send(payload)).on(any_error).call()
}

fn main() {
    let _ = call;
}
