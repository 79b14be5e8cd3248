#[reattempt::retry(when = is_transient)]
fn call() -> Option<()> {
    None
}

fn main() {}
