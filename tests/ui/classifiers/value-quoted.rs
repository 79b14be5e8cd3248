#[reattempt::retry(on_value = "is_pending")]
fn call() -> Option<()> {
    None
}

fn main() {}
