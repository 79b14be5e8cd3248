//@ E0277 | this call cannot fail, so there is no failure to keep or to recover from | policy.retry(|| Plain(5)).on_value(|reading| *reading == 0)
use reattempt::{Plain, Policy};

fn call(policy: &Policy) {
    let _ = policy.retry(|| Plain(5)).on_value(|reading| *reading == 0).error().call();
}

fn main() {
    let _ = call;
}
