#[reattempt::retry(on = reattempt::any_error)]
fn call() -> ! {
    panic!()
}

fn main() {}
