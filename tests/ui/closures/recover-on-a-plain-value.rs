//@ E0277 | this call cannot fail, so there is no failure to keep or to recover from | policy.retry(|| Plain(5)).on_value(|reading| *reading == 0)
//@ E0277 | this call cannot fail, so there is no failure to keep or to recover from | policy.retry(|| Plain(5)).on_value(|reading| *reading == 0).recover(|_| 0).call()
use reattempt::{Plain, Policy};

fn call(policy: &Policy) -> u32 {
    policy.retry(|| Plain(5)).on_value(|reading| *reading == 0).recover(|_| 0).call()
}

fn main() {
    let _ = call;
}
