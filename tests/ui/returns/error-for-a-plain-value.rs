#[reattempt::retry(error = String, on_value = |count| *count == 0)]
fn call() -> u32 {
    0
}

fn main() {}
