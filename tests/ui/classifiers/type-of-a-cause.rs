#[reattempt::retry(on = std::io::Error)]
fn call() -> Result<(), Box<dyn std::error::Error>> {
    unimplemented!()
}

fn main() {}
