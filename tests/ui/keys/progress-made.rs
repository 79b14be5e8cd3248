#[reattempt::retry(progress = reattempt::Progress::new(), on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
