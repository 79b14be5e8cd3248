#[reattempt::retry(max = "unlimited", deadline = "none", final_attempt = true, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
