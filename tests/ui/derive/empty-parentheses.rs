use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    #[transient()]
    Timeout,
}

fn main() {}
