//@ - | expected parameter name, found `,` | ,
#[reattempt::retry(on = reattempt::any_error)]
fn call(number: u32,,) -> Option<u32> {
    Some(number)
}

fn main() {}
