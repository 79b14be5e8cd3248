//@ E0277 | `?` couldn't convert the error to `Failure` | ?
struct Failure;

#[reattempt::retry(on = |_: &Failure| true)]
fn call(text: &str) -> Result<u32, Failure> {
    let number = text.parse::<u32>()?;
    Ok(number)
}

fn main() {}
