#[reattempt::retry(base = "1s 500s", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
