use std::future::Future;

async fn inner() -> Option<()> {
    None
}

#[reattempt::retry(on = reattempt::any_error)]
fn call() -> impl Future<Output = Option<()>> {
    inner()
}

fn main() {}
