//@ E0277 | `on_value` judges values, and nothing says which failures of type `ApiError` are transient | Result
struct ApiError;

#[reattempt::retry(on_value = |page| *page == 0)]
fn call() -> Result<u32, ApiError> {
    Err(ApiError)
}

fn main() {}
