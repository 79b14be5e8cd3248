//@ E0277 | `Strategy` is no strategy of your own: it does not implement `reattempt::Backoff` | Strategy::EqualJitter
use reattempt::{Policy, Strategy, any_error};

fn call(policy: &Policy) -> Option<u32> {
    policy.retry(|| None).on(any_error).strategy(Strategy::EqualJitter).call()
}

fn main() {
    let _ = call;
}
