//@ E0277 | `Failure` cannot be made from `reattempt::TimedOut` | Result
struct Failure;

#[reattempt::retry(timeout = "2s", on = reattempt::any_error)]
async fn call() -> Result<(), Failure> {
    Err(Failure)
}

fn main() {}
