use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    #[transient(if = is_server_side(code))]
    Status { code: u16 },
}

fn is_server_side(status: &u16) -> bool {
    *status >= 500
}

fn main() {}
