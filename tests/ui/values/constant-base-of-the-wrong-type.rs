//@ E0308 | mismatched types | BASE
const BASE: u64 = 5;

#[reattempt::retry(base = BASE, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
