#[reattempt::retry(progress = part, on = reattempt::any_error)]
fn call(part: u32) -> Option<u32> {
    (part > 0).then_some(part)
}

fn main() {}
