#[reattempt::retry(startegy = "constant", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
