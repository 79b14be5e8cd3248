//@ E0277 | takes two: write a closure with the other argument, as in `on = |error| self.is_transient(error)` for a method with `&self` | is_transient
struct Client {
    allowed: usize,
}

impl Client {
    fn is_transient(&self, error: &String) -> bool {
        error.len() > self.allowed
    }

    #[reattempt::retry(on = Self::is_transient)]
    fn call(&self) -> Result<(), String> {
        Ok(())
    }
}

fn main() {
    let _ = Client::call;
}
