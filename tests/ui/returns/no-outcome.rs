//@ E0277 | `bool` cannot fail, so there is nothing to retry on | bool
#[reattempt::retry(on = |_| true)]
fn call() -> bool {
    false
}

fn main() {}
