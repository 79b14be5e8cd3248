use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    #[transient(if = matches!(code, 500..=599))]
    Status { code: u16 },
}

fn main() {}
