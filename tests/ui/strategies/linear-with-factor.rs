#[reattempt::retry(strategy = "linear", factor = 3.0, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
