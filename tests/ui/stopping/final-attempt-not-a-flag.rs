#[reattempt::retry(deadline = "30s", final_attempt = "yes", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
