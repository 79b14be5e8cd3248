const SPREAD: f64 = 0.2;

#[reattempt::retry(strategy = "full_jitter", jitter = SPREAD, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
