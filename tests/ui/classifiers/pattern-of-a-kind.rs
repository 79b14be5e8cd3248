#[reattempt::retry(on = matches(std::io::ErrorKind::TimedOut))]
fn call() -> Result<(), std::io::Error> {
    unimplemented!()
}

fn main() {}
