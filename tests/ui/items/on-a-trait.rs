#[reattempt::retry(on = reattempt::any_error)]
trait Client {
    fn call(&self) -> Option<()> {
        None
    }
}

fn main() {}
