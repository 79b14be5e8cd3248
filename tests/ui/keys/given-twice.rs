#[reattempt::retry(max = 3, max = 4, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
