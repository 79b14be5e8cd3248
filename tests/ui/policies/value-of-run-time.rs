//@ E0435 | attempt to use a non-constant value in a constant | attempts
fn build(attempts: u32) -> reattempt::Policy {
    reattempt::policy!(max = attempts)
}

fn main() {}
