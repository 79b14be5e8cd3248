//@ E0277 | a classifier returns `bool` or `Verdict`, not `usize` | on
//@ E0277 | a classifier returns `bool` or `Verdict`, not `usize` | call
use reattempt::Policy;

fn call(policy: &Policy) -> Result<u32, String> {
    policy.retry(|| Err(String::new())).on(|error| error.len()).call()
}

fn main() {
    let _ = call;
}
