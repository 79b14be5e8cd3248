//@ - | `Permanent` says nothing on whether the variant `NotFound` may pass; did you mean `permanent`? | Permanent
//@ - | cannot find attribute `Permanent` in this scope | Permanent
use reattempt::Transient;

#[derive(Transient)]
enum ApiError {
    #[Permanent]
    NotFound,
}

fn main() {}
