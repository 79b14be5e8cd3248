//@ E0277 | `u32` cannot stand for `reattempt::TimedOut` | u32
#[reattempt::retry(timeout = "2s", on_value = |value| *value == 0)]
async fn call() -> u32 {
    0
}

fn main() {}
