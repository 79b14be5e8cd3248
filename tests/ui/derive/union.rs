use reattempt::Transient;

#[derive(Transient)]
union ApiError {
    code: u32,
    flag: bool,
}

fn main() {}
