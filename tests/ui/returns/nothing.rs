#[reattempt::retry(on = reattempt::any_error)]
fn call() {}

fn main() {}
