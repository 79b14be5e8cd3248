#[reattempt::retry(method = PATCH, on = reattempt::any_error)]
fn change() -> Result<(), ()> {
    Ok(())
}

fn main() {}
