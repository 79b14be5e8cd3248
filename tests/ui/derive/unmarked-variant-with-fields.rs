use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    Page { number: u32, source: std::io::Error },
}

fn main() {}
