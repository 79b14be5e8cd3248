//@ E0631 | type mismatch in function arguments | log_it
fn log_it(_: &String) {}

#[reattempt::retry(notify = log_it, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
