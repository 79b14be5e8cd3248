//@ E0277 | `&str` is no strategy of your own: it does not implement `reattempt::Backoff` | "equal_jitter"
use reattempt::{Policy, any_error};

fn call(policy: &Policy) -> Option<u32> {
    policy.retry(|| None).on(any_error).strategy("equal_jitter").call()
}

fn main() {
    let _ = call;
}
