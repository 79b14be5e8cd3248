//@ E0277 | nothing says which failures of type `Failure` are transient | policy.retry(|| Err(Failure))
use reattempt::Policy;

struct Failure;

fn call(policy: &Policy) -> Result<u32, Failure> {
    policy.retry(|| Err(Failure)).call()
}

fn main() {
    let _ = call;
}
