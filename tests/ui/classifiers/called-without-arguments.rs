//@ E0277 | is called here, where a classifier is named | is_busy
fn is_busy(error: &String) -> bool {
    error.is_empty()
}

#[reattempt::retry(on = is_busy())]
fn call() -> Result<(), String> {
    unimplemented!()
}

fn main() {}
