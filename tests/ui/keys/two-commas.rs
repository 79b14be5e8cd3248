#[reattempt::retry(max = 3,, base = "1s", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
