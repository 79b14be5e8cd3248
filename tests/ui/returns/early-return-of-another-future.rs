use std::future::Future;
use std::pin::Pin;

#[reattempt::retry(on = reattempt::any_error)]
fn call(now: bool) -> Pin<Box<dyn Future<Output = Option<u8>>>> {
    if now {
        return Box::pin(async { Some(1) });
    }
    Box::pin(async { None })
}

fn main() {}
