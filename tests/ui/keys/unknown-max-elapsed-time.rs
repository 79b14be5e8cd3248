#[reattempt::retry(max_elapsed_time = "30s", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
