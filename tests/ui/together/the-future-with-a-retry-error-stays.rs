use reattempt::RetryError;
use std::num::ParseIntError;
use std::pin::Pin;

#[reattempt::retry(max = 0, on = reattempt::any_error)]
fn boxed(text: &str) -> Pin<Box<dyn Future<Output = Result<u32, RetryError<ParseIntError>>> + '_>> {
    Box::pin(async move { text.parse() })
}

#[reattempt::retry(max = 0, on = reattempt::any_error)]
fn opaque(text: &str) -> impl Future<Output = Result<u32, RetryError<ParseIntError>>> {
    let trimmed = text.trim();
    async move {
        let number = trimmed.parse()?;
        Ok(number)
    }
}

fn caller() {
    drop((boxed("5"), opaque("5")));
}

fn main() {}
