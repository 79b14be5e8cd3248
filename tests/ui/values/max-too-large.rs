#[reattempt::retry(max = 5000000000, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
