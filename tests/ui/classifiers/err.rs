pub enum Error {
    Timeout,
    Busy(u32),
}

#[reattempt::retry(on = Err)]
fn call() -> Result<(), Error> {
    unimplemented!()
}

fn main() {}
