const POLICY: reattempt::Policy = reattempt::policy!(max = "unlimited");

fn main() {}
