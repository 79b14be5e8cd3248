//@ E0277 | nothing says which failures of type `Failure` are transient | Result
struct Failure;

#[reattempt::retry]
fn call() -> Result<(), Failure> {
    Err(Failure)
}

fn main() {}
