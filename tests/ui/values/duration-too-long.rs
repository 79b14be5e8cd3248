#[reattempt::retry(base = "300000000h", on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
