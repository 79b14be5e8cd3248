enum ApiError {
    Timeout,
    Io(std::io::Error),
}

#[reattempt::retry(on = ApiError::Io(_))]
fn call() -> Result<(), ApiError> {
    unimplemented!()
}

fn main() {}
