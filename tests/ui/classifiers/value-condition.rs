#[reattempt::retry(on = reattempt::no_error, on_value = value == 0)]
fn call() -> Option<u32> {
    unimplemented!()
}

fn main() {}
