use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    #[transient(delay = pause)]
    Busy,
}

fn pause() -> std::time::Duration {
    std::time::Duration::ZERO
}

fn main() {}
