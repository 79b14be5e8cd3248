use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    Timeout,
    #[permanent]
    NotFound,
    Gone,
}

fn main() {}
