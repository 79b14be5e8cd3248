#[reattempt::retry(strategy = "linear", increment = "0s", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
