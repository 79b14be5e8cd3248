#[reattempt::retry(on = |found: &Option<u32>| found.is_none())]
async fn call() -> Option<u32> {
    None
}

fn main() {}
