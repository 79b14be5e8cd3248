//@ E0061 | this method takes 1 argument but 0 arguments were supplied | is_transient
//@ E0618 | expected function, found `bool` | self.is_transient()
struct Client {
    allowed: usize,
}

impl Client {
    fn is_transient(&self, error: &String) -> bool {
        error.len() > self.allowed
    }

    #[reattempt::retry(on = self.is_transient())]
    fn call(&self) -> Result<(), String> {
        Ok(())
    }
}

fn main() {
    let _ = Client::call;
}
