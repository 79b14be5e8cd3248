//@ E0277 | `ErrorKind` is no classifier of `std::io::Error` | io::ErrorKind::TimedOut
//@ E0277 | expected a `FnMut(&std::io::Error)` closure, found `ErrorKind` | call
use reattempt::Policy;
use std::io;

fn call(policy: &Policy) -> io::Result<u32> {
    policy.retry(|| Err(io::Error::last_os_error())).on(io::ErrorKind::TimedOut).call()
}

fn main() {
    let _ = call;
}
