const MAX: u32 = 0;

#[reattempt::retry(max = MAX, on = reattempt::any_error)]
fn call<T: Default>() -> Option<T> {
    None
}

fn main() {}
