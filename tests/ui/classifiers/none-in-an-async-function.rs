struct Failure;

#[reattempt::retry]
async fn call() -> Result<(), Failure> {
    Err(Failure)
}

fn main() {}
