macro_rules! call {
    () => {};
}

#[reattempt::retry(on = reattempt::any_error)]
call! {}

fn main() {}
