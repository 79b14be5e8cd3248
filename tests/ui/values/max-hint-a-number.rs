#[reattempt::retry(max_hint = 60, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
