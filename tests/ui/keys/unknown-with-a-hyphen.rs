#[reattempt::retry(retry-if = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
