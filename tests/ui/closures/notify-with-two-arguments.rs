//@ E0593 | closure is expected to take 1 argument, but it takes 2 arguments | notify
use reattempt::{Policy, any_error};

fn call(policy: &Policy) -> Option<u32> {
    policy.retry(|| None).on(any_error).notify(|_, _| ()).call()
}

fn main() {
    let _ = call;
}
