//@ E0277 | each attempt needs a value of its own for this `mut` argument, and `impl Source` is not `Copy` | source
trait Source {
    fn read(&mut self) -> Option<u32>;
}

#[reattempt::retry(on = reattempt::any_error)]
fn call(mut source: impl Source) -> Option<u32> {
    source.read()
}

fn main() {}
