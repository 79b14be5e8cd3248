use reattempt::Jitter;

const JITTER: Jitter = Jitter::Equal;

#[reattempt::retry(strategy = "constant", base = "5s", jitter = JITTER, deadline = "2s", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
