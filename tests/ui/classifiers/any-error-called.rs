//@ E0277 | is called here, where a classifier is named | reattempt
#[reattempt::retry(on = reattempt::any_error())]
fn call() -> Result<(), String> {
    unimplemented!()
}

fn main() {}
