use reattempt::Transient;

#[derive(Transient)]
#[transient(if = status >= 500)]
struct ApiError(u16);

fn main() {}
