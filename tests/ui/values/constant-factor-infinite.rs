const FACTOR: f64 = f64::INFINITY;

#[reattempt::retry(factor = FACTOR, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
