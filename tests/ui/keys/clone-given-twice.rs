#[reattempt::retry(clone(a), clone(b), on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
