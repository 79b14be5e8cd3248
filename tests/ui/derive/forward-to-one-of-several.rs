use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    #[transient(forward)]
    Page { number: u32, source: std::io::Error },
}

fn main() {}
