use reattempt::Transient;

#[derive(Transient)]
#[transient(crate = "reattempt")]
enum ApiError {
    #[permanent]
    NotFound,
}

fn main() {}
