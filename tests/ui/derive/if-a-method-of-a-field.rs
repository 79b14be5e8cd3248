use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    #[transient(if = status.is_empty())]
    Answer { status: String, body: String },
}

fn main() {}
