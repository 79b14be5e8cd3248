#[reattempt::retry(on = Option::is_none)]
fn call() -> Option<u32> {
    None
}

fn main() {}
