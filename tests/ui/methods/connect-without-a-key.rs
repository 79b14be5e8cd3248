#[reattempt::retry(method = CONNECT, on = reattempt::any_error)]
fn tunnel() -> Result<(), ()> {
    Ok(())
}

fn main() {}
