#[reattempt::retry(strategy = "decorrelated_jitter_v2", increment = "1s", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
