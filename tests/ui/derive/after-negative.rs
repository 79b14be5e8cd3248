use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    #[transient(after = -5)]
    Busy { seconds: u64 },
}

fn main() {}
