//@ E0631 | type mismatch in function arguments | reattempt::classify::all_of((is_busy, is_zero))
fn is_busy(error: &String) -> bool {
    error.is_empty()
}

fn is_zero(error: &u32) -> bool {
    *error == 0
}

#[reattempt::retry(on = reattempt::classify::all_of((is_busy, is_zero)))]
fn call() -> Result<(), String> {
    Ok(())
}

fn main() {}
