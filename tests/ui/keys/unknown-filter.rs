#[reattempt::retry(filter = is_transient)]
fn call() -> Option<()> {
    None
}

fn main() {}
