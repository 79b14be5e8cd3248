//@ E0631 | type mismatch in function arguments | from_the_cache
use reattempt::retry;

fn from_the_cache(_: String) -> Result<u32, String> {
    Ok(7)
}

#[retry(recover = from_the_cache, on = reattempt::any_error)]
fn read() -> Result<u32, String> {
    Err("busy".to_owned())
}

fn main() {}
