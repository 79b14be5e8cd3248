pub enum Error {
    Timeout,
    Busy(u32),
}

#[reattempt::retry(on = Err(Error::Timeout))]
fn call() -> Result<(), Error> {
    unimplemented!()
}

fn main() {}
