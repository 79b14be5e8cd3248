fn is_busy(error: &String) -> bool {
    error.is_empty()
}

fn is_new(error: &String) -> bool {
    error.len() == 3
}

#[reattempt::retry(on = reattempt::classify::any_of(is_busy, is_new))]
fn call() -> Result<(), String> {
    Ok(())
}

fn main() {}
