use reattempt::{Cancellation, retry};

#[retry(cancel = Cancellation::new(), on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
