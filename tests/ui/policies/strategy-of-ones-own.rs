const POLICY: reattempt::Policy = reattempt::policy!(strategy = Own);

fn main() {}
