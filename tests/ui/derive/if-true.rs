use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    #[transient(if = true)]
    Timeout(u32),
}

fn main() {}
