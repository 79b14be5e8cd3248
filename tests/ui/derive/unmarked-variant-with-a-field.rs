use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    Transport(std::io::Error),
}

fn main() {}
