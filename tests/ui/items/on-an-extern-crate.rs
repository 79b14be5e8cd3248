#[reattempt::retry(on = reattempt::any_error)]
extern crate std as call;

fn main() {}
