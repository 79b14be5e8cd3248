pub enum Error {
    Timeout,
    Busy(u32),
}

#[reattempt::retry(on = true)]
fn call() -> Result<(), Error> {
    unimplemented!()
}

fn main() {}
