//@ E0277 | `FromUtf8Error` does not implement `Transient` | std
use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    #[transient(forward)]
    Text(std::string::FromUtf8Error),
}

fn main() {}
