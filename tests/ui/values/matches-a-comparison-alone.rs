#[reattempt::retry(on = matches(>= 500))]
fn call() -> Result<(), u16> {
    Err(500)
}

fn main() {}
