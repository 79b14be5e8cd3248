use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    #[transient(delay = 5)]
    Busy,
}

fn main() {}
