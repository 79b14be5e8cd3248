use reattempt::Transient;

#[derive(Transient)]
#[permanent]
enum ApiError {
    NotFound,
    Forbidden,
}

fn main() {}
