macro_rules! changing {
    ($name:ident) => {
        mut $name
    };
}

#[reattempt::retry(on = reattempt::any_error)]
fn call((changing!(left), right): (u32, u32)) -> Option<u32> {
    left += right;
    Some(left)
}

fn main() {}
