enum ApiError {
    Timeout,
    Io(std::io::Error),
}

#[reattempt::retry(on = reattempt::classify::not(matches(ApiError::Timeout)))]
fn call() -> Result<(), ApiError> {
    unimplemented!()
}

fn main() {}
