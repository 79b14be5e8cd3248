#[reattempt::retry(randomization_factor = 0.5, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
