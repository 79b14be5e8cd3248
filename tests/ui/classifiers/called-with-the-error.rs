fn is_busy(error: &String) -> bool {
    error.is_empty()
}

#[reattempt::retry(on = is_busy(error))]
fn call() -> Result<(), String> {
    unimplemented!()
}

fn main() {}
