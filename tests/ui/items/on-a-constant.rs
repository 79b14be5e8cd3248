#[reattempt::retry(on = reattempt::any_error)]
const CALL: u8 = 1;

fn main() {}
