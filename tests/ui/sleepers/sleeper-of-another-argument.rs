//@ E0631 | type mismatch in function arguments | nap
fn nap(_millis: u64) {}

#[reattempt::retry(sleep = nap, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
