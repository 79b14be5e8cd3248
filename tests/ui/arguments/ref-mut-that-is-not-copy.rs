//@ E0277 | each attempt needs a value of its own for this `mut` argument, and `String` is not `Copy` | name
#[reattempt::retry(on = reattempt::any_error)]
fn call((ref mut name, _): (String, u32)) -> Option<usize> {
    name.push('!');
    Some(name.len())
}

fn main() {}
