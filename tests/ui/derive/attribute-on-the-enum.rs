use reattempt::Transient;

#[derive(Transient)]
#[transient]
enum ApiError {
    #[transient]
    Timeout,
}

fn main() {}
