//@ E0277 | `Mine` cannot be made from a `RetryError<String>` | Result
struct Mine;

#[reattempt::retry(error = String, on = reattempt::any_error)]
fn call() -> Result<(), Mine> {
    Err(String::new())
}

fn main() {}
