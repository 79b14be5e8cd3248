#[reattempt::retry(name = concat!("the ", "name"), on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
