//@ E0277 | `u64` is no jitter | JITTER
const JITTER: u64 = 5;

#[reattempt::retry(strategy = "constant", jitter = JITTER, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
