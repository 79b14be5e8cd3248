use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    #[transient(if = is_busy, if = is_busy)]
    Status(u16),
}

fn is_busy(status: &u16) -> bool {
    *status == 503
}

fn main() {}
