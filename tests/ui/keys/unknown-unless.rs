#[reattempt::retry(unless = is_permanent)]
fn call() -> Option<()> {
    None
}

fn main() {}
