//@ E0277 | a classifier returns `bool` or `Verdict`, not `{integer}` | on_value
//@ E0277 | a classifier returns `bool` or `Verdict`, not `{integer}` | call
use reattempt::Policy;

fn call(policy: &Policy) -> Option<u32> {
    policy.retry(|| Some(5)).on(reattempt::any_error).on_value(|reading| *reading).call()
}

fn main() {
    let _ = call;
}
