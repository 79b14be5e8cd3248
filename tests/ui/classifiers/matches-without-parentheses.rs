#[reattempt::retry(on = matches Error::Timeout)]
fn call() -> Option<()> {
    None
}

fn main() {}
