#[reattempt::retry(on = reattempt::any_error)]
mod call {}

fn main() {}
