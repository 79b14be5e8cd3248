//@ E0499 | cannot borrow `*number` as mutable more than once at a time | #[reattempt::retry(on = reattempt::any_error)]
#[reattempt::retry(on = reattempt::any_error)]
fn call<'a>(number: &'a mut u32, seen: &mut Vec<&'a u32>) -> Option<()> {
    seen.push(number);
    None
}

fn main() {}
