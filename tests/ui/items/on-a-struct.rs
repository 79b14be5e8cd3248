#[reattempt::retry(on = reattempt::any_error)]
struct Call;

fn main() {}
