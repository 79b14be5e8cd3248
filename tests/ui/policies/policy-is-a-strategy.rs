pub enum Error {
    Timeout,
    Busy(u32),
}

#[reattempt::retry(policy = "exponential", on = reattempt::any_error)]
fn call() -> Result<(), Error> {
    unimplemented!()
}

fn main() {}
