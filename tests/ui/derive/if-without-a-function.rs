use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    #[transient(if)]
    Status(u16),
}

fn main() {}
