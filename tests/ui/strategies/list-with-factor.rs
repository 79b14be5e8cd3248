#[reattempt::retry(strategy = ["1s"], factor = 2.0, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
