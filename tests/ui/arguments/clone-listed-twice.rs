#[reattempt::retry(on = reattempt::any_error, clone(payload, payload))]
fn call(payload: String) -> Option<String> {
    Some(payload)
}

fn main() {}
