//@ E0277 | an `Option` needs `on`: nothing says whether a `None` is transient | Option
#[reattempt::retry]
fn call() -> Option<()> {
    None
}

fn main() {}
