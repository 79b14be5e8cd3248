#[derive(Debug, reattempt::Transient)]
#[transient(crate = Self)]
struct Busy;

fn main() {}
