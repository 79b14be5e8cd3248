//@ E0277 | is called here, where a classifier is named: write this name without `()`, as in `on = is_transient` | is_busy
fn is_busy(error: &String) -> bool {
    error.is_empty()
}

#[reattempt::retry(on = is_busy())]
fn call() -> Result<(), String> {
    unimplemented!()
}

fn main() {}
