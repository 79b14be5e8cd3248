#[reattempt::retry(on_value = |page| *page == 0)]
fn call() -> Result<u32, reattempt::RetryError<std::io::Error, String>> {
    Ok(0)
}

fn main() {}
