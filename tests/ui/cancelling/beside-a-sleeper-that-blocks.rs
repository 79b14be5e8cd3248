static STOP: reattempt::Cancellation = reattempt::Cancellation::new();

#[reattempt::retry(cancel = STOP, sleep = std::thread::sleep, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
