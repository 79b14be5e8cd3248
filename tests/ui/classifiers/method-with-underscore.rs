pub enum Error {
    Timeout,
    Busy(u32),
}

#[reattempt::retry(on = self.is_timeout(_))]
fn call() -> Result<(), Error> {
    unimplemented!()
}

fn main() {}
