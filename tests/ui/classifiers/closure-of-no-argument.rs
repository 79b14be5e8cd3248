#[reattempt::retry(on = || true)]
fn call() -> Option<()> {
    None
}

fn main() {}
