#[reattempt::retry(on = async |error| true)]
async fn call() -> Option<()> {
    None
}

fn main() {}
