//@ E0308 | mismatched types | POLICY
const POLICY: u32 = 5;

#[reattempt::retry(policy = POLICY, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
