use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    #[transient(wait = "1s")]
    Busy,
}

fn main() {}
