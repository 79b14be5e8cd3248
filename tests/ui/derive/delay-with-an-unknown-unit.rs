use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    #[transient(delay = "5 parsecs")]
    Busy,
}

fn main() {}
