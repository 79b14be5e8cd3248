enum ApiError {
    Timeout,
    Io(std::io::Error),
}

fn is_old(_: &ApiError) -> bool {
    true
}

#[reattempt::retry(on = reattempt::classify::any_of((is_old, ApiError::Timeout)))]
fn call() -> Result<(), ApiError> {
    unimplemented!()
}

fn main() {}
