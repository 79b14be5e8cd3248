#[reattempt::retry(on = reattempt::any_error)]
macro_rules! call {
    () => {};
}

call! {}

fn main() {}
