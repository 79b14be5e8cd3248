use reattempt::retry;
use tokio_util_0_7::sync::CancellationToken;

#[retry(cancel = token, on = reattempt::any_error)]
fn call(token: &CancellationToken) -> Option<()> {
    None
}

fn main() {}
