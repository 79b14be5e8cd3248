//@ E0308 | mismatched types | Other::Timeout
enum Other {
    Timeout,
}

#[reattempt::retry(on = matches(Other::Timeout))]
fn call() -> Result<(), String> {
    Ok(())
}

fn main() {}
