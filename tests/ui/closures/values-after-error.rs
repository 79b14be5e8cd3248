//@ E0277 | `on_value` comes before `notify`, `error`, `history` and `recover` | on_value
use reattempt::{Policy, any_error};

fn call(policy: &Policy) {
    let _ = policy.retry(|| Ok::<_, std::io::Error>(5)).on(any_error).error().on_value(|reading| *reading == 0).call();
}

fn main() {
    let _ = call;
}
