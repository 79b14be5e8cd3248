use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    #[permanent(forward)]
    NotFound(std::io::Error),
}

fn main() {}
