enum MyError {
    Busy,
    Lost,
}

#[reattempt::retry(on = matches(MyError::Busy if))]
fn call() -> Result<(), MyError> {
    Err(MyError::Busy)
}

fn main() {}
