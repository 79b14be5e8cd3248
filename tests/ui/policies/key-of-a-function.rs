const POLICY: reattempt::Policy = reattempt::policy!(on = is_transient, max = 3);

fn main() {}
