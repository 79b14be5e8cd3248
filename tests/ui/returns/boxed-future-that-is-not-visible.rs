use std::future::Future;
use std::pin::Pin;

async fn inner() -> Option<()> {
    None
}

#[reattempt::retry(on = reattempt::any_error)]
fn call() -> Pin<Box<dyn Future<Output = Option<()>>>> {
    let future = inner();
    Box::pin(future)
}

fn main() {}
