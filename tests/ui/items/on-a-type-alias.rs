#[reattempt::retry(on = reattempt::any_error)]
type Call = u8;

fn main() {}
