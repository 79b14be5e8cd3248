#[reattempt::retry(on = reattempt::classify::source::<std::io::Error>)]
fn call() -> Result<(), Box<dyn std::error::Error>> {
    unimplemented!()
}

fn main() {}
