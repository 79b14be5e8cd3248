#[reattempt::retry]
fn call() -> Option<()> {
    None
}

fn main() {}
