use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    #[transient]
    Timeout,
    NotFound,
}

fn main() {}
