#[reattempt::retry(on = reattempt::any_error)]
fn call<F>(mut g: F) -> Option<u32>
where
    F: FnMut() -> Option<u32>,
{
    g()
}

fn main() {}
