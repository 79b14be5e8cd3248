#[reattempt::retry(on = reattempt::any_error)]
async fn call(payload: String) -> Option<String> {
    Some(payload)
}

fn main() {}
