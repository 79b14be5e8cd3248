#[reattempt::retry(policy = POLICY, base = "5s", cap = "1s", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
