//@ E0277 | `bool` is no classifier of `std::io::Error` | is_transient(&io::Error::last_os_error())
//@ E0277 | expected a `FnMut(&std::io::Error)` closure, found `bool` | call
use reattempt::Policy;
use std::io;

fn is_transient(_: &io::Error) -> bool {
    true
}

fn call(policy: &Policy) -> io::Result<u32> {
    policy.retry(|| Err(io::Error::last_os_error())).on(is_transient(&io::Error::last_os_error())).call()
}

fn main() {
    let _ = call;
}
