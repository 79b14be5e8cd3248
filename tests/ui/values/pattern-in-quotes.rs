enum MyError {
    Busy,
}

#[reattempt::retry(on = "MyError::Busy")]
fn call() -> Result<(), MyError> {
    Err(MyError::Busy)
}

fn main() {}
