//@ E0277 | `ApiError` cannot be made from `reattempt::BreakerOpen` | Result<(), ApiError>
use reattempt::{CircuitBreaker, retry};

static BREAKER: CircuitBreaker = CircuitBreaker::consecutive(5);

struct ApiError;

#[retry(breaker = BREAKER, on = reattempt::any_error)]
fn call() -> Result<(), ApiError> {
    Err(ApiError)
}

fn main() {}
