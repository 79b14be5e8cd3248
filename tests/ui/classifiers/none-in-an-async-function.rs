//@ E0277 | nothing says which failures of type `Failure` are transient | Result
struct Failure;

#[reattempt::retry]
async fn call() -> Result<(), Failure> {
    Err(Failure)
}

fn main() {}
