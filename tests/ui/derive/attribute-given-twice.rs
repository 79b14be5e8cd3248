use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    #[permanent]
    #[permanent]
    NotFound,
}

fn main() {}
