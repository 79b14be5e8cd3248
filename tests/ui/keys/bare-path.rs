#[reattempt::retry(is_transient)]
fn call() -> Option<()> {
    None
}

fn main() {}
