//@ E0277 | `Own` is no strategy: it does not implement `reattempt::Backoff` | Own
struct Own;

#[reattempt::retry(strategy = Own, on = reattempt::any_error)]
fn call() -> Option<()> {
    None
}

fn main() {}
