#[reattempt::retry(method = http::Method::GET, on = reattempt::any_error)]
fn read() -> Result<(), ()> {
    Ok(())
}

fn main() {}
