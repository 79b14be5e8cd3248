//@ E0308 | mismatched types | MAX
const MAX: &str = "5";

#[reattempt::retry(max = MAX, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
