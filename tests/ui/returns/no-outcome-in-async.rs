#[reattempt::retry(on = |_| true)]
async fn call() -> u32 {
    5
}

fn main() {}
