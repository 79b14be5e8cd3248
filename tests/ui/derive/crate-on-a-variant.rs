use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    #[transient(crate = reattempt)]
    #[permanent]
    NotFound,
}

fn main() {}
