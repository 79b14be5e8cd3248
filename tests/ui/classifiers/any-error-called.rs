#[reattempt::retry(on = reattempt::any_error())]
fn call() -> Result<(), String> {
    unimplemented!()
}

fn main() {}
