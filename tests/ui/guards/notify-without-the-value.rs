//@ E0277 | beside `on_value`, `notify` is called with a `&Retrying<'_, std::io::Error, u32>` | log_it
use reattempt::{Retrying, retry};
use std::io;

fn log_it(_: &Retrying<'_, io::Error>) {}

#[retry(on_value = |page| *page == 0, notify = log_it)]
fn call() -> io::Result<u32> {
    Ok(0)
}

fn main() {}
