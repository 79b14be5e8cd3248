//@ E0277 | each attempt needs a value of its own for this `mut` argument, and `String` is not `Copy` | payload
#[reattempt::retry(on = reattempt::any_error)]
fn call(mut payload: String) -> Option<usize> {
    payload.push('!');
    Some(payload.len())
}

fn main() {}
