//@ E0277 | `cancel` expects a `Cancellation`, found `bool` | &true
//@ E0277 | `cancel` expects a `Cancellation`, found `bool` | call
use reattempt::{Policy, any_error};

fn call(policy: &Policy) -> Option<u32> {
    policy.retry(|| None).on(any_error).cancel(&true).call()
}

fn main() {
    let _ = call;
}
