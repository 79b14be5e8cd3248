const RATIO: f64 = 1.5;

#[reattempt::retry(strategy = "constant", jitter = RATIO, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
