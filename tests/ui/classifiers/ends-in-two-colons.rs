#[reattempt::retry(on = reattempt::)]
fn call() -> Option<()> {
    None
}

fn main() {}
