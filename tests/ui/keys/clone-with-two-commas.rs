#[reattempt::retry(on = reattempt::any_error, clone(payload,,))]
fn call(payload: String) -> Option<String> {
    Some(payload)
}

fn main() {}
