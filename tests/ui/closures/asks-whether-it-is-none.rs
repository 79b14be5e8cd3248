//@ E0277 | a classifier of an `Option` is asked where the `Option` is `None`, so there is nothing to check | is_none
use reattempt::Policy;

fn call(policy: &Policy) -> Option<u32> {
    policy.retry(|| None).on(|o| o.is_none()).call()
}

fn main() {
    let _ = call;
}
