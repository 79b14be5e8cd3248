//@ E0716 | temporary value dropped while borrowed | STOP
use reattempt::{Cancellation, retry};

const STOP: Cancellation = Cancellation::new();

#[retry(cancel = STOP, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
