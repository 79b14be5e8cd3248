enum MyError {
    Busy,
    Lost,
}

#[reattempt::retry(on = MyError::Busy | MyError::Lost)]
fn call() -> Result<(), MyError> {
    Err(MyError::Busy)
}

fn main() {}
