#[reattempt::retry(on = reattempt::any_error)]
static CALL: u8 = 1;

fn main() {}
