use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    #[permanent]
    Page {
        number: u32,
        #[transient(forward)]
        source: std::io::Error,
    },
}

fn main() {}
