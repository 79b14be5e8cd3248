use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    #[transient]
    #[permanent]
    Timeout,
}

fn main() {}
