//@ E0277 | `FromUtf8Error` cannot say whether it is transient | std
use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    #[transient(forward)]
    Text(std::string::FromUtf8Error),
}

fn main() {}
