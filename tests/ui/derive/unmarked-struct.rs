use reattempt::Transient;

#[derive(Transient)]
struct ApiError {
    status: u16,
}

fn main() {}
