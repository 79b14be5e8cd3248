#[reattempt::retry(cancellation_token = STOP, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
