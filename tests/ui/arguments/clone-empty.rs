#[reattempt::retry(on = reattempt::any_error, clone())]
fn call(payload: String) -> Option<usize> {
    Some(payload.len())
}

fn main() {}
