#[reattempt::retry(on = reattempt::any_error)]
fn call(mut payload: String) -> Option<usize> {
    payload.push('!');
    Some(payload.len())
}

fn main() {}
