#[reattempt::retry(on = error.len() > 5)]
fn call() -> Result<(), String> {
    unimplemented!()
}

fn main() {}
