use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    #[transient(after = pause)]
    Timeout,
}

fn pause() -> std::time::Duration {
    std::time::Duration::from_secs(1)
}

fn main() {}
