#[reattempt::retry(on = reattempt::any_error)]
unsafe extern "C" {}

fn main() {}
