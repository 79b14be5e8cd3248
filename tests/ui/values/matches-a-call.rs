#[reattempt::retry(on = matches(code.is_power_of_two()))]
fn call() -> Result<(), u16> {
    Err(500)
}

fn main() {}
