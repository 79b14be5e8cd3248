//@ E0277 | the operation returns `{integer}`, which is neither a `Result` nor an `Option` | retry
//@ E0599 | the method `on_value` exists for struct | on_value
use reattempt::Policy;

fn call(policy: &Policy) -> u32 {
    policy.retry(|| 5).on_value(|reading| *reading == 0).call()
}

fn main() {
    let _ = call;
}
