//@ E0277 | a plain value cannot fail, so there is nothing to recover from | bool
//@ E0277 | a plain value cannot fail, so there is nothing to recover from | bool
//@ E0277 | a plain value cannot fail, so there is nothing to recover from | |
use reattempt::retry;

#[retry(recover = |_| true, on_value = |done| !done)]
fn is_done() -> bool {
    true
}

fn main() {}
