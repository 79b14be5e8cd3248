#[reattempt::retry(on = reattempt::Verdict::Retry)]
fn call() -> Result<(), String> {
    unimplemented!()
}

fn main() {}
