//@ E0277 | expected a `FnMut()` closure, found `Result<u32, String>` | read()
//@ E0277 | expected a `FnMut()` closure, found `Result<u32, String>` | call
use reattempt::{Policy, any_error};

fn read() -> Result<u32, String> {
    Ok(1)
}

fn call(policy: &Policy) -> Result<u32, String> {
    policy.retry(read()).on(any_error).call()
}

fn main() {
    let _ = call;
}
