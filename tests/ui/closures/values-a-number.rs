//@ E0277 | `{integer}` is no classifier of `u32` | 0
//@ E0277 | expected a `FnMut(&u32)` closure, found `{integer}` | call
use reattempt::Policy;

fn call(policy: &Policy) -> Option<u32> {
    policy.retry(|| Some(5_u32)).on(reattempt::any_error).on_value(0).call()
}

fn main() {
    let _ = call;
}
