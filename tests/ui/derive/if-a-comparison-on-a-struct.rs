use reattempt::Transient;

#[derive(Transient)]
#[transient(if = self.status >= 500)]
struct ApiError {
    status: u16,
}

fn main() {}
