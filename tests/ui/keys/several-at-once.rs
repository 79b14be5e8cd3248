#[reattempt::retry(max = 0, 5, base = "1x", cap, cap = "1s", colour = "red")]
fn call() -> Option<()> {
    None
}

fn main() {}
