//@ E0277 | `on_value` judges values, and nothing says which failures of type `NoneError` are transient | Option
#[reattempt::retry(on_value = |page| *page == 0)]
fn call() -> Option<u32> {
    None
}

fn main() {}
