//@ E0277 | nothing says which failures of type `ApiError` are transient | policy.retry(|| Err(ApiError)).on_value(|page| *page == 0)
use reattempt::Policy;

struct ApiError;

fn call(policy: &Policy) -> Result<u32, ApiError> {
    policy.retry(|| Err(ApiError)).on_value(|page| *page == 0).call()
}

fn main() {
    let _ = call;
}
