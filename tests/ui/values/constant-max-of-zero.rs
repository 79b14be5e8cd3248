const MAX: u32 = 0;

#[reattempt::retry(max = MAX, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
