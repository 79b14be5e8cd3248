#[reattempt::retry(policy = "POLICY", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
