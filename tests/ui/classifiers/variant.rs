enum ApiError {
    Timeout,
    Io(std::io::Error),
}

#[reattempt::retry(on = ApiError::Timeout)]
fn call() -> Result<(), ApiError> {
    unimplemented!()
}

fn main() {}
