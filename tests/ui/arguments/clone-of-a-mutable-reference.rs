#[reattempt::retry(on = reattempt::any_error, clone(list))]
fn call(list: &mut Vec<u8>) -> Option<()> {
    list.pop().map(drop)
}

fn main() {}
