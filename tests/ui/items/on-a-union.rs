#[reattempt::retry(on = reattempt::any_error)]
union Call {
    number: u32,
}

fn main() {}
