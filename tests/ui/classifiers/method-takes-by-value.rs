//@ E0277 | takes the failure itself: write `&self`, or `&` before the argument's type, in the signature of this function | is_transient
#[derive(Clone)]
struct Failure;

impl Failure {
    fn is_transient(self) -> bool {
        true
    }
}

#[reattempt::retry(on = Failure::is_transient)]
fn call() -> Result<(), Failure> {
    Ok(())
}

fn main() {}
