const POLICY: reattempt::Policy = reattempt::policy!(colour = 3);

fn main() {}
