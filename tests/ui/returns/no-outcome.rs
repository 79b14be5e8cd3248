#[reattempt::retry(on = |_| true)]
fn call() -> bool {
    false
}

fn main() {}
