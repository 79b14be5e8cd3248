#[reattempt::retry(on = reattempt::any_error, clone(paylaod))]
fn call(payload: String) -> Option<String> {
    Some(payload)
}

fn main() {}
