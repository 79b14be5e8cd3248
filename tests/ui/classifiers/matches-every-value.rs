#[reattempt::retry(on_value = matches(pending))]
fn call() -> Option<()> {
    None
}

fn main() {}
