#[reattempt::retry(strategy = "constant", base = "5s", deadline = "3s", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
