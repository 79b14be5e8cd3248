#[reattempt::retry(strategy = ["2s", "1s"], deadline = "2s", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
