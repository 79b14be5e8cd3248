//@ E0308 | mismatched types | "five"
#[reattempt::retry(on = reattempt::any_error)]
async fn call(now: bool) -> Option<u32> {
    if now {
        return Some("five");
    }
    None
}

fn main() {}
