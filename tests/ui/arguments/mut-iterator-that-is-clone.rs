#[reattempt::retry(on = reattempt::any_error)]
async fn call(mut ids: impl Iterator<Item = u32> + Clone) -> Option<u32> {
    ids.next()
}

fn main() {}
