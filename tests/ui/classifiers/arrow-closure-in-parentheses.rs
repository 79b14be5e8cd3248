pub enum Error {
    Timeout,
    Busy(u32),
}

#[reattempt::retry(on = (e) -> e.is_timeout())]
fn call() -> Result<(), Error> {
    unimplemented!()
}

fn main() {}
