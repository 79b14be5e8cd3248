use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    #[transient(if = is_server_side)]
    Timeout,
}

fn is_server_side() -> bool {
    true
}

fn main() {}
