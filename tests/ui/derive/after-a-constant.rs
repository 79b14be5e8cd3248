use reattempt::Transient;

#[derive(Transient)]
#[transient(after = std::time::Duration::ZERO)]
struct ApiError {
    status: u16,
}

fn main() {}
