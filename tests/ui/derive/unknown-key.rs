use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    #[transient(maybe)]
    Timeout,
}

fn main() {}
