#[reattempt::retry(exponential("1s", factor = 3, max = "5s"), on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
