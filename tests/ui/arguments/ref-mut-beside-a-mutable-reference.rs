#[reattempt::retry(on = reattempt::any_error)]
fn call((ref mut left, right): (u32, &mut u32)) -> Option<u32> {
    *left += *right;
    Some(*left)
}

fn main() {}
