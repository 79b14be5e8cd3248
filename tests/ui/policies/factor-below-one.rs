const POLICY: reattempt::Policy = reattempt::policy!(factor = 0.5);

fn main() {}
