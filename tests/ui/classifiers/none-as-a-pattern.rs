#[reattempt::retry(on = matches(None))]
fn call() -> Option<u32> {
    None
}

fn main() {}
