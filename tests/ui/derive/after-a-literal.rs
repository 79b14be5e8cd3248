use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    #[transient(after = "5s")]
    Busy(std::time::Duration),
}

fn main() {}
