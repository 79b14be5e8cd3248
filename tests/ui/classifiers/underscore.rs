pub enum Error {
    Timeout,
    Busy(u32),
}

#[reattempt::retry(on = _)]
fn call() -> Result<(), Error> {
    unimplemented!()
}

fn main() {}
