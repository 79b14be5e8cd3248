const POLICY: reattempt::Policy = reattempt::policy!(when = is_transient);

fn main() {}
