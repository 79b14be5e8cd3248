#[reattempt::retry(max = "unlimitted", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
