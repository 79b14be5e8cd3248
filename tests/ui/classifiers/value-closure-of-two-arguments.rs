#[reattempt::retry(on_value = |value, attempt| true)]
fn call() -> Option<()> {
    None
}

fn main() {}
