use reattempt::RetryError;

#[reattempt::retry(max = 0, on = reattempt::any_error)]
fn call(text: &str) -> Result<u32, RetryError<std::num::ParseIntError>> {
    Ok(text.parse()?)
}

#[reattempt::retry(max = 0, on = reattempt::any_error)]
async fn call_async(text: &str) -> Result<u32, RetryError<std::num::ParseIntError>> {
    std::future::ready(()).await;
    text.parse()
}

fn caller() -> u32 {
    drop(call_async("5"));
    call("5").unwrap_or_else(|error| error.attempts())
}

fn main() {}
