//@ E0277 | `on_value` comes before `notify`, `error`, `history` and `recover` | on_value
//@ E0631 | type mismatch in closure arguments | call
use reattempt::{Policy, any_error};

fn call(policy: &Policy) -> Option<u32> {
    policy.retry(|| Some(5)).on(any_error).notify(|_| ()).on_value(|reading| *reading == 0).call()
}

fn main() {
    let _ = call;
}
