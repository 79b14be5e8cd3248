#[reattempt::retry(on = reattempt::any_error)]
fn call() -> Option<u32> {
    Some("five")
}

fn main() {}
