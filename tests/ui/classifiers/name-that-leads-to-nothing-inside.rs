//@ non_snake_case | variable `TimedOut` should have a snake case name | TimedOut
struct Failure(u8);

#[reattempt::retry(on = matches(Failure(TimedOut)))]
fn call() -> Result<(), Failure> {
    Err(Failure(1))
}

fn main() {
    let _ = call();
}
