#[reattempt::retry(max = 5, final_attempt = true, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
