//@ E0271 | to be a future that resolves to | impl Future<Output = Result<u8, Busy>>
use std::future::Future;

#[derive(Debug)]
pub struct Busy;

#[reattempt::retry(on = reattempt::any_error, recover = |_| Ok(1))]
pub fn call() -> impl Future<Output = Result<u8, Busy>> {
    #[allow(dead_code)]
    struct Busy;
    async move { Err(crate::Busy) }
}

fn main() {}
