//@ - | expected expression, found `;` | ;
use std::future::Future;
use std::pin::Pin;

#[reattempt::retry(on = reattempt::any_error)]
fn call() -> Pin<Box<dyn Future<Output = Option<u32>>>> {
    let number = ;
    Box::pin(async move { Some(number) })
}

fn main() {}
