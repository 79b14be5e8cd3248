fn build(attempts: u32) -> reattempt::Policy {
    reattempt::policy!(max = attempts)
}

fn main() {}
