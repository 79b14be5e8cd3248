#[reattempt::retry(on_retry = log_it, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
