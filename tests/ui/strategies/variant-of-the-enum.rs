#[reattempt::retry(strategy = reattempt::Strategy::Exponential, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
