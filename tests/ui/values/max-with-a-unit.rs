#[reattempt::retry(max = 3s, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
