//@ E0277 | `Box<dyn std::error::Error>` cannot say whether it is transient | Box
use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    #[transient(forward)]
    Other(Box<dyn std::error::Error>),
}

fn main() {}
