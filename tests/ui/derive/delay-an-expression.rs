use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    #[transient(delay = std::time::Duration::from_secs(*seconds))]
    Busy { seconds: u64 },
}

fn main() {}
