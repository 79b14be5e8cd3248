#[reattempt::retry(on = matches(_))]
fn call() -> Option<()> {
    None
}

fn main() {}
