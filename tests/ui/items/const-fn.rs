#[reattempt::retry(on = reattempt::any_error)]
const fn call() -> Option<()> {
    None
}

fn main() {}
