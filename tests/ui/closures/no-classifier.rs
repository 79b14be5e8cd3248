//@ E0277 | nothing says which failures of type `NoneError` are transient | policy.retry(|| Some(5))
use reattempt::Policy;

fn call(policy: &Policy) -> Option<u32> {
    policy.retry(|| Some(5)).call()
}

fn main() {
    let _ = call;
}
