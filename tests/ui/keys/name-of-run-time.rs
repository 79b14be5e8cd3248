#[reattempt::retry(name = format!("x"), on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
