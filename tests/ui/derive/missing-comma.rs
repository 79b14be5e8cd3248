use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    #[transient(if = is_busy after = pause)]
    Busy { pause: std::time::Duration },
}

fn is_busy(_: &std::time::Duration) -> bool {
    true
}

fn main() {}
