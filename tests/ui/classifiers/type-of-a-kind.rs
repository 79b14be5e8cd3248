#[reattempt::retry(on = std::io::ErrorKind)]
fn call() -> Result<(), std::io::Error> {
    unimplemented!()
}

fn main() {}
