//@ E0277 | the `?` operator cannot be applied to type `Retry<'_, BeginsWithCall< | policy.retry(|| Ok(1))?
use reattempt::Policy;
use std::io;

fn call(policy: &Policy) -> io::Result<u32> {
    let found = policy.retry(|| Ok(1))?;
    Ok(found)
}

fn main() {
    let _ = call;
}
