//@ E0308 | mismatched types | 0
use reattempt::retry;

#[retry(recover = |_| 0, on = reattempt::any_error)]
fn read() -> Result<u32, String> {
    Err("busy".to_owned())
}

fn main() {}
