#[reattempt::retry(on = matches(code: u16 if *code == 500))]
fn call() -> Result<(), u16> {
    Err(500)
}

fn main() {}
