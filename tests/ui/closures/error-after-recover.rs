//@ E0277 | this call recovers already: `recover` comes once, and after `error` and `history` | error
use reattempt::{Policy, any_error};

fn call(policy: &Policy) {
    let _ = policy.retry(|| None::<u32>).on(any_error).recover(|_| Some(0)).error().call();
}

fn main() {
    let _ = call;
}
