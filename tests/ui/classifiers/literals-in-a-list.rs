pub enum Error {
    Timeout,
    Busy(u32),
}

#[reattempt::retry(on = [503, 429])]
fn call() -> Result<(), Error> {
    unimplemented!()
}

fn main() {}
