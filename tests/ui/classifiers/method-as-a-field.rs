//@ E0615 | attempted to take value of method `is_transient` | is_transient
struct Client {
    allowed: usize,
}

impl Client {
    fn is_transient(&self, error: &String) -> bool {
        error.len() > self.allowed
    }

    #[reattempt::retry(on = self.is_transient)]
    fn call(&self) -> Result<(), String> {
        Ok(())
    }
}

fn main() {
    let _ = Client::call;
}
