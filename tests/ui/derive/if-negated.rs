use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    #[transient(if = !is_client_side)]
    Status(u16),
}

fn is_client_side(status: &u16) -> bool {
    *status < 500
}

fn main() {}
