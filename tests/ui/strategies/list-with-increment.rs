#[reattempt::retry(strategy = ["1s"], increment = "1s", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
