//@ E0502 | cannot borrow `sent` as immutable because it is also borrowed as mutable | |_: &String|
use reattempt::Policy;

fn call(policy: &Policy) -> Result<u32, String> {
    let mut sent = 0;
    let attempt = || {
        sent += 1;
        Err("busy".to_owned())
    };
    policy.retry(attempt).on(|_: &String| sent < 3).call()
}

fn main() {
    let _ = call;
}
