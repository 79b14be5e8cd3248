#[reattempt::retry(on = |e|)]
fn call() -> Option<()> {
    None
}

fn main() {}
