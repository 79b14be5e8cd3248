//@ E0562 | `impl Trait` is not allowed in closure return types | impl Fn() -> u32
macro_rules! returned {
    () => {
        Option<impl Fn() -> u32>
    };
}

#[reattempt::retry(on = reattempt::any_error)]
fn call() -> returned!() {
    Some(|| 1)
}

fn main() {}
