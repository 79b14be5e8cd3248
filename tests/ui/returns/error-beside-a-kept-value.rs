#[reattempt::retry(error = std::io::Error, on_value = |page| *page == 0)]
fn call() -> Result<u32, reattempt::RetryError<std::io::Error, u32>> {
    Ok(0)
}

fn main() {}
