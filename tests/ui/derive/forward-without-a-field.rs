use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    #[transient(forward)]
    Timeout,
}

fn main() {}
