#[reattempt::retry(on = "is_transient")]
fn call() -> Option<()> {
    None
}

fn main() {}
