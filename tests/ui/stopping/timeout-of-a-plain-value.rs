//@ E0277 | a plain value cannot stand for a time-out | u32
#[reattempt::retry(timeout = "2s", on_value = |value| *value == 0)]
async fn call() -> u32 {
    0
}

fn main() {}
