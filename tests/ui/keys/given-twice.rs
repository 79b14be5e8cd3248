#[reattempt::retry(max = 3, on = reattempt::any_error, max = 4)]
fn call() -> Option<()> {
    None
}

fn main() {}
