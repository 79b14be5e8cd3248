use reattempt::Transient;

#[derive(Transient)]
struct ApiError {
    #[transient]
    source: std::io::Error,
}

fn main() {}
