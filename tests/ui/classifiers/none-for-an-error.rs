struct Failure;

#[reattempt::retry]
fn call() -> Result<(), Failure> {
    Err(Failure)
}

fn main() {}
