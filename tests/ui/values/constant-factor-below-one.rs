const FACTOR: f64 = 0.9;

#[reattempt::retry(factor = FACTOR, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
