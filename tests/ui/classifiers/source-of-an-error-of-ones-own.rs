//@ E0277 | `ApiError` is no pointer to an error of erased type | reattempt
#[derive(Debug)]
struct ApiError;

#[reattempt::retry(on = reattempt::classify::source::<std::io::Error>())]
fn read() -> Result<(), ApiError> {
    Ok(())
}

fn main() {}
