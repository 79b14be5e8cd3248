use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    #[transient(forward = sorce)]
    Page { number: u32, source: std::io::Error },
}

fn main() {}
