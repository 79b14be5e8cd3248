//@ E0277 | no variant, unit struct or constant of this name is in sight | TimedOut
#[reattempt::retry(on = matches(TimedOut))]
fn call() -> Result<(), std::io::Error> {
    Ok(())
}

fn main() {}
