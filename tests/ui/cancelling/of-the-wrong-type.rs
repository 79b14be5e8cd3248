use reattempt::retry;
use std::sync::atomic::AtomicBool;

static STOP: AtomicBool = AtomicBool::new(false);

#[retry(cancel = STOP, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
