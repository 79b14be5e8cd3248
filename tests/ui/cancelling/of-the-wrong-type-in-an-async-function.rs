use reattempt::retry;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

#[retry(cancel = stop, on = reattempt::any_error)]
async fn call(stop: Arc<AtomicBool>) -> Option<()> {
    None
}

fn main() {}
