pub enum Error {
    Timeout,
    Busy(u32),
}

#[reattempt::retry(on = not is_timeout)]
fn call() -> Result<(), Error> {
    unimplemented!()
}

fn main() {}
