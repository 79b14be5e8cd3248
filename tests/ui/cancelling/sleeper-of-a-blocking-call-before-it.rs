use reattempt::{Cancellation, Policy, any_error};
use std::thread;

fn call(policy: &Policy, stop: &Cancellation) -> Option<u32> {
    policy.retry(|| None).on(any_error).sleep(thread::sleep).cancel(stop).call()
}

fn main() {
    let _ = call;
}
