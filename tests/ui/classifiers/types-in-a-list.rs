pub enum Error {
    Timeout,
    Busy(u32),
}

#[reattempt::retry(on = (Error, std::io::Error))]
fn call() -> Result<(), Error> {
    unimplemented!()
}

fn main() {}
