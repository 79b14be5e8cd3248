#[reattempt::retry(max = -1, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
