#[reattempt::retry(on = |e| e.)]
fn call() -> Option<()> {
    None
}

fn main() {}
