#[reattempt::retry(on = reattempt::any_error)]
fn call(list: &mut Vec<u8>) -> Option<&mut u8> {
    list.last_mut()
}

fn main() {}
