//@ E0308 | mismatched types | #[reattempt::retry(on = reattempt::any_error)]
struct Option<T>(T);

#[reattempt::retry(on = reattempt::any_error)]
fn call(_number: Option<&mut u32>) -> Result<u32, ()> {
    Err(())
}

fn main() {}
