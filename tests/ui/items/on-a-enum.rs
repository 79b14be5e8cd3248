#[reattempt::retry(on = reattempt::any_error)]
enum Call {}

fn main() {}
