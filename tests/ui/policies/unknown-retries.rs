const POLICY: reattempt::Policy = reattempt::policy!(retries = 3);

fn main() {}
