use reattempt::retry;

#[retry(recover = |_| true, on_value = |done| !done)]
fn is_done() -> bool {
    true
}

fn main() {}
