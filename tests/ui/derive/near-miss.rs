use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    #[transient(foward)]
    Transport(std::io::Error),
}

fn main() {}
