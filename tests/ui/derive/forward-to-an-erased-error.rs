//@ E0277 | `Box<dyn std::error::Error>` does not implement `Transient` | Box
use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    #[transient(forward)]
    Other(Box<dyn std::error::Error>),
}

fn main() {}
