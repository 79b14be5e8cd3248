//@ E0308 | mismatched types | "five"
#[reattempt::retry(on = reattempt::any_error)]
fn call() -> Option<u32> {
    Some("five")
}

fn main() {}
