use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    #[transient = true]
    Timeout,
}

fn main() {}
