//@ E0277 | nothing says which failures of type `Absent` are transient | Option
#[reattempt::retry]
fn call() -> Option<()> {
    None
}

fn main() {}
