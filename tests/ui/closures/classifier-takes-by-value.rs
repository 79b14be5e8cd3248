//@ E0631 | type mismatch in function arguments | is_transient
//@ E0631 | type mismatch in function arguments | call
use reattempt::Policy;

fn is_transient(_: String) -> bool {
    true
}

fn call(policy: &Policy) -> Result<u32, String> {
    policy.retry(|| Err(String::new())).on(is_transient).call()
}

fn main() {
    let _ = call;
}
