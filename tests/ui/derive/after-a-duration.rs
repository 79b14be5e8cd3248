use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    #[transient(after = std::time::Duration::from_secs(seconds))]
    Busy { seconds: u64 },
}

fn main() {}
