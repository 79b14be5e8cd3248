//@ E0277 | a classifier of an `Option` is asked where the `Option` is `None`, so there is nothing to check | is_none
#[reattempt::retry(on = |o| o.is_none())]
fn call() -> Option<u32> {
    None
}

fn main() {}
