#[reattempt::retry(attempt = number, on = reattempt::any_error)]
fn call(number: u32) -> Option<u32> {
    (number > 0).then_some(number)
}

fn main() {}
