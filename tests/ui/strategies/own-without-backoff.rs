struct Own;

#[reattempt::retry(strategy = Own, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
