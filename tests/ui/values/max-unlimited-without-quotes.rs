#[reattempt::retry(max = unlimited, deadline = "30s", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
