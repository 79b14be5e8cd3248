#[reattempt::retry(strategy = ["1s"], cap = "2s", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
