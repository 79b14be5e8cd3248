//@ - | the variant `NotFound` must be marked `#[transient]` or `#[permanent]`, found `#[Permanent]`; did you mean `permanent`? | Permanent
//@ - | cannot find attribute `Permanent` in this scope | Permanent
use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    #[Permanent]
    NotFound,
}

fn main() {}
