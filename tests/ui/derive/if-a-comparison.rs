use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    #[transient(if = code >= 500)]
    Status { code: u16 },
}

fn main() {}
