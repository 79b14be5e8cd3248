#[reattempt::retry(sleep = |attempt, delay| std::thread::sleep(delay), on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
