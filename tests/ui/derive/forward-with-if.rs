use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    #[transient(forward, if = is_busy)]
    Transport(std::io::Error),
}

fn is_busy(_: &std::io::Error) -> bool {
    true
}

fn main() {}
