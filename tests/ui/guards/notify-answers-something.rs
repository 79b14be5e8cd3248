//@ E0308 | mismatched types | 5
#[reattempt::retry(notify = |_| 5, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
