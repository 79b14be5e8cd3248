use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    #[transient(delay = "1s", after = pause)]
    Busy { pause: std::time::Duration },
}

fn main() {}
