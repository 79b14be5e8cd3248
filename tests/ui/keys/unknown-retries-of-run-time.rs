#[reattempt::retry(retries = n, on = reattempt::any_error)]
fn call(n: u32) -> Option<()> {
    (n > 0).then_some(())
}

fn main() {}
