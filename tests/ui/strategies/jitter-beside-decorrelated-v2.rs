#[reattempt::retry(strategy = "decorrelated_jitter_v2", jitter = 0.2, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
