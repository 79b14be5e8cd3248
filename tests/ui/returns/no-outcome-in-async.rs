//@ E0277 | `u32` cannot fail, so there is nothing to retry on | u32
#[reattempt::retry(on = |_| true)]
async fn call() -> u32 {
    5
}

fn main() {}
