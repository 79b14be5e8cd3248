//@ - | future cannot be sent between threads safely | call()
use std::rc::Rc;

#[reattempt::retry(on = reattempt::any_error)]
async fn call() -> Option<()> {
    let local = Rc::new(());
    std::future::ready(()).await;
    drop(local);
    None
}

fn spawn(_future: impl Future + Send) {}

fn start() {
    spawn(call());
}

fn main() {}
