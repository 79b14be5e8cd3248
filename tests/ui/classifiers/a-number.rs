#[reattempt::retry(on = 503)]
fn call() -> Option<()> {
    None
}

fn main() {}
