#[reattempt::retry(on = std::io::Error)]
fn call() -> Result<(), std::io::Error> {
    unimplemented!()
}

fn main() {}
