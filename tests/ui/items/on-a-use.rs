#[reattempt::retry(on = reattempt::any_error)]
use std::fmt;

fn main() {
    drop(fmt::Error);
}
