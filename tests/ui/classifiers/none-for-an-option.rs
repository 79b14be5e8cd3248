//@ E0277 | nothing says which failures of type `NoneError` are transient | Option
#[reattempt::retry]
fn call() -> Option<()> {
    None
}

fn main() {}
