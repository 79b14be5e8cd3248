#[reattempt::retry(on = reattempt::any_error)]
fn call<'a>(list: &'a mut Vec<u8>, _other: &u8) -> Option<&'a u8> {
    list.last()
}

fn main() {}
