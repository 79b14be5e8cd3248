#[reattempt::retry(max = 0, 5, base = "1x", cap, cap = "1s", colour = "red", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
