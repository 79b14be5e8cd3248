#[reattempt::retry(clone(payload: String), on = reattempt::any_error)]
fn call(payload: String) -> Option<String> {
    Some(payload)
}

fn main() {}
